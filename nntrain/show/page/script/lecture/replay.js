// Section 10: a stored comparison from the saturated start, replayed.

startWidget("digits", (box, labels) => {
  const outputs = LECTURE.stored.outputs;
  const last = Math.max(...outputs.map(({ curve }) => curve.at(-1)[0]));
  const moments = [...new Set(outputs.flatMap(({ curve }) => curve.map(([at]) => at)))].sort((a, b) => a - b);
  let moment = moments.length - 1;

  const controls = htmlElement(box, "div");
  const stop = makeRunner(controls, advance, 20);
  makeButton(controls, WORDS.reset, () => {
    stop();
    go(0);
  });
  const slider = makeSlider(box, { label: labels.slider, min: 0, max: moments.length - 1, step: 1, value: moment, show: (i) => plain(moments[i]) }, (i) => {
    stop();
    go(i);
  });
  const figure = htmlElement(box, "figure", { class: "large" });
  makeKey(figure, outputs.map(({ name }) => [colourOf(name), LECTURE.titles[name]]), true);
  const plot = makePlot(figure, {
    title: labels.picture,
    x: { low: 1, high: last, ticks: decades(1, last), label: labels.axis, log: true },
    y: { low: 0, high: 100, ticks: [0, 25, 50, 75, 100], label: labels.accuracy },
  });
  const here = plot.upright();
  const lines = outputs.map(({ name }) => plot.line(colourOf(name)));
  const show = makeTable(box, [labels.output, labels.rate, labels.accuracy, labels.half]);

  function advance() {
    if (moment >= moments.length - 1) moment = -1; // from the beginning again
    go(moment + 1);
    return moment < moments.length - 1;
  }

  function go(i) {
    moment = i;
    slider.set(i);
    here(moments[i]);
    show(
      outputs.map(({ name, learning_rate: rate, curve, half }, k) => {
        const until = curve.filter(([at]) => at <= moments[i]);
        lines[k](until.map(([at, accuracy]) => [at, 100 * accuracy]));
        const accuracy = until.length ? written(100 * until.at(-1)[1], 1) : "–";
        const reached = half === null ? filled(WORDS.never, { n: plain(last) }) : plain(half);
        return [LECTURE.titles[name], inLanguage(String(rate)), accuracy, (half ?? last) > moments[i] ? "…" : reached];
      }),
    );
  }

  go(moment);
});
