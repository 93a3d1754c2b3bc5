// The laboratory's worker: networks that learn side by side from the same weights and mini-batches.
// It answers each message by one message of the same kind.

const MINI_BATCH = 10;
const EACH_UPDATE = 8; // measured after each of the first updates, then at counts this much apart:
const SPACING = 1.2;

let digits = null; // {images, labels, learn}: the first are to learn from, the others are held out
let wrongBy = 1;
let lab = null;

// Pseudo-random numbers in [0, 1) from a seed (mulberry32, by Tommy Ettinger).
function randoms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// Weights N(0, 1/fan_in), biases 0: "lecun" of nntrain/nn/initialisation.py.
function startingParameters({ hidden, seed, start, saturation }, pixels, classes) {
  const random = randoms(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const drawn = (fanOut, fanIn) => Float32Array.from({ length: fanOut * fanIn }, () => normal() / Math.sqrt(fanIn));
  const parameters = {
    W1: drawn(hidden, pixels),
    b1: new Float32Array(hidden),
    W2: drawn(classes, hidden),
    b2: new Float32Array(classes),
  };
  if (start === "saturated") parameters.b2.fill(-saturation).fill(saturation, 0, 1);
  return parameters;
}

function shuffle(order, random) {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
}

function nextBatch() {
  if (lab.at + MINI_BATCH > lab.order.length) {
    shuffle(lab.order, lab.random);
    lab.at = 0;
  }
  lab.batch = lab.order.slice(lab.at, (lab.at += MINI_BATCH));
}

function update(rates) {
  const images = lab.batch.map((i) => digits.images[i]);
  const labels = lab.batch.map((i) => digits.labels[i]);
  lab.passes = lab.learners.map((learner, number) => learner.step(images, labels, rates[number]));
  lab.shown = lab.batch;
  lab.updates++;
  nextBatch();
}

// Means over the held-out digits, all with the same weights.
function measured(learner) {
  let [right, cost, delta, wrong] = [0, 0, 0, 0];
  const held = digits.images.length - digits.learn;
  for (let i = digits.learn; i < digits.images.length; i++) {
    const label = digits.labels[i];
    const { z, a } = learner.forward(digits.images[i]);
    if (z.indexOf(Math.max(...z)) === label) right++;
    cost += learner.layer.cost(z, label);
    delta += Math.sqrt(learner.layer.delta(a, label).reduce((all, d) => all + d * d, 0));
    wrong += errors(a, label).filter((e) => Math.abs(e) >= wrongBy).length / a.length;
  }
  return { accuracy: right / held, cost: cost / held, delta: delta / held, saturated: wrong / held };
}

// A point of the curves where one is due; an extra one, where the reader pauses, is not kept.
function point(extra = false) {
  if (!extra) lab.due = Math.max(lab.updates + 1, Math.round(lab.updates * SPACING));
  lab.measured = lab.updates;
  return { updates: lab.updates, extra, networks: lab.learners.map(measured) };
}

// z, a and δ of the output layers for a digit of the last mini-batch, before the update it caused;
// before the first update, for one of the mini-batch to come.
function example(place) {
  const digit = lab.shown[place];
  const label = digits.labels[digit];
  const passes = lab.learners.map((learner, number) =>
    lab.passes ? lab.passes[number][place] : learner.backward(learner.forward(digits.images[digit]), label),
  );
  return { digit, label, layers: passes.map(({ z, a, delta }) => ({ z, a, delta })) };
}

const pictured = ({ W1 }) => Float32Array.from(W1);

const ANSWERS = {
  open({ pixels, labels, learn, size, wrongBy: least, golden }) {
    wrongBy = least;
    const images = Array.from(labels, (_, i) => inked(pixels.subarray(i * size, (i + 1) * size)));
    digits = { images, labels: Array.from(labels), learn, size };
    return { difference: differenceFromGolden(golden, digits.images, digits.labels) };
  },

  begin(settings) {
    const parameters = startingParameters(settings, digits.size, settings.classes);
    const order = Array.from({ length: digits.learn }, (_, i) => i);
    const random = randoms(settings.seed + 1);
    shuffle(order, random);
    const learners = settings.outputs.map((output) => new Learner(output, parameters));
    lab = { learners, order, random, at: 0, updates: 0, passes: null };
    nextBatch();
    lab.shown = lab.batch;
    return { points: [point()], paint: [...learners.keys()], weights: learners.map(pictured) };
  },

  // Learns for a number of updates; weights are those of the networks to paint.
  learn({ count, rates, measure, paint }) {
    const points = [];
    for (let i = 0; i < count; i++) {
      update(rates);
      if (lab.updates >= lab.due) points.push(point());
    }
    if (measure && lab.measured < lab.updates) points.push(point(true));
    return { points, paint, weights: paint.map((number) => pictured(lab.learners[number])) };
  },

  // The answers to a drawing, and the one-step view.
  look({ pixels, place }) {
    const image = pixels && inked(pixels);
    return { answers: image && lab.learners.map((learner) => learner.forward(image).a), example: example(place) };
  },
};

self.onmessage = ({ data }) => {
  self.postMessage({ ...data.back, kind: data.kind, ...ANSWERS[data.kind](data), updates: lab ? lab.updates : 0 });
};
