// Section 7: the cost −ln a_y.

startWidget("cost", (box, labels) => {
  // logits whose softmax gives the true class a: its cost is the output layer's
  const costOf = (a) => LOG_LIKELIHOOD.cost([Math.log(a / (1 - a)), 0], 0);
  const slider = makeSlider(box, { label: labels.slider, min: 0.001, max: 0.999, step: 0.001, value: 0.25, show: (a) => written(a) }, draw);
  const line = htmlElement(box, "p", { class: "live-line", id: "cost-value", role: "status" });
  const figure = htmlElement(box, "figure", { class: "charted" });
  const plot = makePlot(figure, {
    title: labels.picture,
    x: { low: 0, high: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], label: labels.slider },
    y: { low: 0, high: 7, ticks: [0, 1, 2, 3, 4, 5, 6, 7], label: labels.cost },
  });
  plot.line("series-1")(range(0, 1, 500).slice(1, -1).map((a) => [a, costOf(a)]));
  for (const [a, name, place] of [
    [0.99, labels.right, { anchor: "end", dx: 0, dy: -26 }],
    [0.1, labels.uniform, { dx: 14, dy: 0 }],
    [0.002, labels.wrong, { dx: 14, dy: 2 }],
  ]) {
    plot.point("series-1", "hollow")(a, costOf(a));
    plot.name(name, [a, costOf(a)], place);
  }
  const point = plot.point("series-2");

  function draw(a) {
    point(a, costOf(a));
    line.textContent = `−ln ${written(a)} = ${written(costOf(a))}`;
    line.dataset.cost = costOf(a);
  }

  draw(Number(slider.input.value));
});
