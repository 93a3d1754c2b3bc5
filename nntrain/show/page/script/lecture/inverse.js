// Section 5: a shift of all z changes C = ln Σ e^z, and no activation: z_j = ln a_j + C.

startWidget("inverse", (box, labels) => {
  let shift = 0;
  makeSlider(box, { label: labels.shift, min: -10, max: 10, step: 0.1, value: 0, show: (one) => written(one, 1) }, (value) => {
    shift = value;
    draw(Z.values);
  });
  makeZSliders(box);
  const place = htmlElement(box, "div");
  const constant = htmlElement(box, "p", { class: "live-line", id: "inverse-constant", role: "status" });

  function draw(z) {
    const shifted = z.map((one) => one + shift);
    const [a, C] = [softmax(shifted), logSumExp(shifted)];
    const logs = a.map(Math.log);
    place.replaceChildren();
    const show = makeTable(place, ["", ...z.map((_, j) => `${WORDS.neuron} ${j + 1}`)]);
    show([
      [labels.z, ...shifted.map((one) => written(one))],
      [labels.a, ...a.map((one) => written(one, 4))],
      [labels.log, ...logs.map((one) => written(one))],
      [labels.back, ...logs.map((one) => written(one + C))],
    ]);
    constant.textContent = `C = ${written(C)}`;
    constant.dataset.constant = C;
  }

  Z.shown(draw);
});
