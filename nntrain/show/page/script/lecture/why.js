// Section 1: one neuron, both costs from the same start with the same η.

const COSTS = [
  { name: "quadratic", words: WORDS.quadratic, colour: "series-3" },
  { name: "cross-entropy", words: WORDS.cross_entropy, colour: "series-2" },
];
const LAST_EPOCH = 300;

startWidget("why", (box, labels) => {
  const start = { w: 2, b: 2 };
  let rate = 0.15;
  let paths = [];

  const sliders = htmlElement(box, "div", { class: "sliders" });
  const change = (key) => (value) => {
    start[key] = value;
    reset();
  };
  const weight = makeSlider(sliders, { label: labels.weight, min: -3, max: 5, step: 0.1, value: start.w }, change("w"));
  const bias = makeSlider(sliders, { label: labels.bias, min: -3, max: 5, step: 0.1, value: start.b }, change("b"));
  const rates = { label: labels.rate, min: Math.log(0.005), max: Math.log(5), step: "any", value: Math.log(rate), show: (log) => written(Math.exp(log)) };
  makeSlider(sliders, rates, (log) => (rate = Math.exp(log)));
  const buttons = htmlElement(box, "div");
  const stop = makeRunner(buttons, advance, 45);
  makeButton(buttons, WORDS.reset, reset);
  makeButton(buttons, labels.mild, () => begin(0.6, 0.9));
  makeButton(buttons, labels.bad, () => begin(2, 2));

  const lines = makeNeuronPlots(box, labels);
  const show = makeTable(box, ["", ...COSTS.map(({ words }) => words)]);

  function begin(w, b) {
    Object.assign(start, { w, b });
    weight.set(w);
    bias.set(b);
    reset();
  }

  function reset() {
    stop();
    paths = COSTS.map(() => [{ ...start }]);
    draw();
  }

  function advance() {
    if (paths[0].length > LAST_EPOCH) paths = COSTS.map(() => [{ ...start }]); // from the beginning again
    COSTS.forEach(({ name }, i) => paths[i].push(neuronStep(name, paths[i].at(-1), rate)));
    draw();
    return paths[0].length <= LAST_EPOCH;
  }

  function draw() {
    const columns = COSTS.map(({ name }, i) => {
      const z = paths[i].at(-1).w + paths[i].at(-1).b;
      const [line, end, onBell] = lines[i];
      const epoch = paths[i].length - 1;
      line(paths[i].map(({ w, b }, at) => [at, sigmoid(w + b)]));
      end(epoch, sigmoid(z));
      onBell(z, slopeOf(z));
      return [epoch, written(z, 2), written(sigmoid(z)), written(slopeOf(z)), written(NEURON[name].gradient(z)), written(NEURON[name].cost(z))];
    });
    const heads = [labels.epoch, "z", "a", labels.slope, labels.gradient, labels.cost];
    show(heads.map((head, row) => [head, ...columns.map((column) => column[row])]));
  }

  reset();
  window.addEventListener("beforeprint", () => { // paper shows the whole run
    stop();
    while (advance());
  });
});

// The outputs by epoch, and the slope of the sigmoid; returns for each cost its line, its end, and
// its place on the slope.
function makeNeuronPlots(box, labels) {
  const two = htmlElement(box, "div", { class: "two" });
  const left = htmlElement(two, "figure");
  const names = COSTS.map(({ colour, words }) => [colour, words]);
  makeKey(left, names, true);
  const outputs = makePlot(left, {
    title: labels.picture,
    x: { low: 0, high: LAST_EPOCH, ticks: [0, 100, 200, 300], label: labels.epoch },
    y: { low: 0, high: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], label: labels.output },
  });
  const right = htmlElement(two, "figure");
  makeKey(right, names);
  const bell = makePlot(right, {
    title: labels.bell,
    x: { low: -8, high: 8, ticks: [-8, -4, 0, 4, 8], label: "z" },
    y: { low: 0, high: 0.26, ticks: [0, 0.05, 0.1, 0.15, 0.2, 0.25], label: labels.slope },
  });
  bell.line("grey")(range(-8, 8, 160).map((z) => [z, slopeOf(z)]));
  return COSTS.map(({ colour }) => [outputs.line(colour), outputs.point(colour), bell.point(colour)]);
}
