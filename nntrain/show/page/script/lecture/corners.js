// Section 2: activation × cost; how large δ is while the network goes from right to wrong.

const SMALLEST_DELTA = 1e-9;

// t at the wrong neuron, −t at the true one, −|t| at the other eight.
const contested = (t) => [t, -t, ...new Array(8).fill(-Math.abs(t))];

function largestDelta(name, t) {
  const layer = OUTPUT_LAYERS[name];
  return Math.max(...layer.delta(layer.activate(contested(t)), 1).map(Math.abs));
}

startWidget("corners", (box, labels) => {
  const slider = makeSlider(box, { label: labels.slider, min: -10, max: 10, step: 0.1, value: 4, show: (t) => written(t, 1) }, draw);
  const ends = htmlElement(box, "p", { class: "ends" });
  htmlElement(ends, "span", {}, labels.right);
  htmlElement(ends, "span", {}, labels.wrong);

  const two = htmlElement(box, "div", { class: "two" });
  const cells = makeCorners(two, labels);
  const plot = makePlot(htmlElement(two, "figure"), {
    title: labels.picture,
    x: { low: -10, high: 10, ticks: [-10, -5, 0, 5, 10], label: labels.axis },
    y: { low: SMALLEST_DELTA, high: 1, ticks: [1, 1e-3, 1e-6, 1e-9].map((tick) => [tick, power(tick)]), label: labels.largest, log: true },
  });
  const here = plot.upright();
  const points = LECTURE.layers.map((name) => {
    const colour = colourOf(name);
    plot.line(colour)(range(-10, 10, 200).map((t) => [t, largestDelta(name, t)]).filter(([, delta]) => delta >= SMALLEST_DELTA));
    return plot.point(colour);
  });

  htmlElement(box, "p", { class: "note" }, labels.scale);

  function draw(t) {
    here(t);
    LECTURE.layers.forEach((name, i) => {
      const delta = largestDelta(name, t);
      points[i](t, delta);
      cells[name](delta);
    });
  }

  draw(Number(slider.input.value));
});

// The table of cells; returns for each output layer a function that shows its δ.
function makeCorners(parent, labels) {
  const grid = htmlElement(parent, "div", { class: "corners" });
  const columns = [WORDS.quadratic, WORDS.logarithmic];
  htmlElement(grid, "span", { class: "blank" });
  for (const column of columns) htmlElement(grid, "span", { class: "head" }, column);
  const shown = {};
  for (const activation of ["sigmoid", "softmax"]) {
    htmlElement(grid, "span", { class: "side" }, activation);
    for (const quadratic of [true, false]) {
      const fits = (one) => one.startsWith(activation) && one.endsWith("+quadratic") === quadratic;
      const name = LECTURE.layers.find(fits);
      if (name) shown[name] = makeCorner(grid, name, labels);
      else htmlElement(grid, "span", { class: "corner" }, "–");
    }
  }
  return shown;
}

function makeCorner(grid, name, labels) {
  const cell = htmlElement(grid, "div", { class: `corner ${colourOf(name)}`, "data-layer": name });
  const number = htmlElement(cell, "b");
  htmlElement(cell, "small", {}, OUTPUT_LAYERS[name].formula);
  const svg = svgElement(cell, "svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": labels.largest });
  const bar = svgElement(svg, "rect", { height: 10 });
  const decades = -Math.log10(SMALLEST_DELTA);
  return (delta) => {
    number.textContent = written(delta, 3);
    cell.dataset.delta = delta;
    bar.setAttribute("width", (100 * Math.max(0, decades + Math.log10(delta))) / decades);
  };
}
