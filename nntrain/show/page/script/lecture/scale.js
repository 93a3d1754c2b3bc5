// Section 6: softmax(c z) for c from 0 to ∞.

const [LOWEST_C, HIGHEST_C] = [0.01, 100];
const SCALES_SHOWN = range(Math.log(LOWEST_C), Math.log(HIGHEST_C), 120).map(Math.exp);

startWidget("scale", (box, labels) => {
  const END = 100; // positions: 0 is c = 0, END is c → ∞, logarithmic between them
  const scaleAt = (position) => {
    if (position <= 0) return 0;
    return position >= END ? Infinity : LOWEST_C * (HIGHEST_C / LOWEST_C) ** ((position - 1) / (END - 2));
  };
  const activations = (z, c) => (c === Infinity ? hardMaximum(z) : softmax(z, c));
  const inWords = (c) => (c === Infinity ? labels.infinite : `c = ${written(c, 2)}`);
  let position = 50;
  makeSlider(box, { label: labels.slider, min: 0, max: END, step: 0.5, value: position, show: (at) => inWords(scaleAt(at)) }, (at) => {
    position = at;
    draw(Z.values);
  });
  const ends = htmlElement(box, "p", { class: "ends" });
  htmlElement(ends, "span", {}, "0");
  htmlElement(ends, "span", {}, "∞");
  makeZSliders(box);
  const buttons = htmlElement(box, "div");
  makeButton(buttons, labels.tie, () => Z.set(tied(Z.values)));
  makeButton(buttons, labels.no_tie, () => Z.set(Z.values.map((_, j) => [2.5, -1, 3.2, 0.5, 1.5, 0][j])));
  const two = htmlElement(box, "div", { class: "two" });
  const table = htmlElement(htmlElement(htmlElement(two, "div"), "div", { class: "scroll" }), "table", { class: "bars", id: "scale-bars" });
  const figure = htmlElement(two, "figure");
  let [shape, show, plot] = [0, null, null];

  function make(n) {
    shape = n;
    table.replaceChildren();
    figure.replaceChildren();
    show = makeBars(table, Array.from({ length: n }, (_, j) => `a${SMALL[j + 1]}`), (a) => written(a));
    makeKey(figure, Array.from({ length: n }, (_, j) => [`series-${j + 1}`, `a${SMALL[j + 1]}`]), true);
    plot = makePlot(figure, {
      title: labels.picture,
      x: { low: LOWEST_C, high: HIGHEST_C, ticks: [0.01, 0.1, 1, 10, 100], label: labels.axis, log: true },
      y: { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: labels.activation },
    });
    plot.here = plot.upright();
    plot.lines = Array.from({ length: n }, (_, j) => plot.line(`series-${j + 1}`));
  }

  function draw(z) {
    if (shape !== z.length) make(z.length);
    const c = scaleAt(position);
    const a = activations(z, c);
    const most = Math.max(...a);
    show(a, (j) => (a[j] === most ? "first" : ""));
    table.dataset.activations = a.join(" ");
    plot.here(Math.min(HIGHEST_C, Math.max(LOWEST_C, c)));
    const points = SCALES_SHOWN.map((at) => [at, softmax(z, at)]);
    plot.lines.forEach((line, j) => line(points.map(([at, a]) => [at, a[j]])));
  }

  Z.shown(draw);
});

// Gives the second largest z the value of the largest.
function tied(z) {
  const [first, second] = topTwo(z);
  return z.map((one, j) => (j === second ? z[first] : one));
}
