// A network that learns: one hidden layer of sigmoids, an output layer, and the four equations as
// in nntrain/nn/backprop.py. The weights into the hidden layer are stored by pixel, W1[q * H + j],
// and an image keeps its inked pixels only: the black ones, four of five, change nothing.

const INKS = 4; // pixels added at once, a quarter of the additions to memory

// Bytes 0 to 255 -> the places of the inked pixels and their values in (0, 1], as many as a multiple
// of INKS: the last may be 0.
function inked(pixels) {
  const places = Array.from(pixels.keys()).filter((q) => pixels[q]);
  while (places.length % INKS) places.push(0);
  return { places: Uint16Array.from(places), values: Float32Array.from(places, (q) => pixels[q] / 255) };
}

function transposed(matrix, rows) {
  const columns = matrix.length / rows;
  return Float64Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]);
}

class Learner {
  // W1 is (hidden, pixels) and W2 (classes, hidden), by rows, as in nntrain; all are copied.
  constructor(output, { W1, b1, W2, b2 }) {
    this.layer = OUTPUT_LAYERS[output];
    this.hidden = b1.length;
    this.W1 = transposed(W1, b1.length);
    [this.b1, this.W2, this.b2] = [b1, W2, b2].map((array) => Float64Array.from(array));
  }

  // z = W a + b, a = f(z), for one image: the hidden activations, and z and a of the output layer.
  forward(image) {
    const { hidden: H, W2, b2 } = this;
    const hidden = this.b1.slice();
    this.addInk(hidden, image);
    for (let j = 0; j < H; j++) hidden[j] = sigmoid(hidden[j]);
    const z = [];
    for (let k = 0; k < b2.length; k++) {
      let sum = b2[k];
      for (let j = 0; j < H; j++) sum += W2[k * H + j] * hidden[j];
      z.push(sum);
    }
    return { hidden, z, a: this.layer.activate(z) };
  }

  // Adds Σ_q W_jq x_q to the sum of each hidden neuron, INKS pixels at a time.
  addInk(sums, { places, values }) {
    const { hidden: H, W1 } = this;
    for (let i = 0; i < places.length; i += INKS) {
      const p = places[i] * H, q = places[i + 1] * H, r = places[i + 2] * H, s = places[i + 3] * H;
      const t = values[i], u = values[i + 1], v = values[i + 2], w = values[i + 3];
      for (let j = 0; j < H; j++) sums[j] += t * W1[p + j] + u * W1[q + j] + v * W1[r + j] + w * W1[s + j];
    }
  }

  // Adds δ to a forward pass: (BP1) of the output layer, and (BP2) δ^l = (δ^{l+1} W^{l+1}) ⊙ f'(z^l).
  backward(pass, label) {
    const { hidden: H, W2 } = this;
    pass.delta = this.layer.delta(pass.a, label);
    pass.hiddenDelta = pass.hidden.map((a, j) => {
      let sum = 0;
      for (let k = 0; k < pass.delta.length; k++) sum += pass.delta[k] * W2[k * H + j];
      return sum * a * (1 - a);
    });
    return pass;
  }

  // One step of gradient descent on the mean cost of a mini-batch: η/m times (BP3) and (BP4) of
  // each example. Returns the passes, made with the weights before the step.
  step(images, labels, rate) {
    const passes = images.map((image, i) => this.backward(this.forward(image), labels[i]));
    const factor = rate / images.length;
    passes.forEach((pass, i) => this.subtract(images[i], pass, factor));
    return passes;
  }

  subtract({ places, values }, { hidden, delta, hiddenDelta }, factor) {
    const { hidden: H, W1, W2 } = this;
    for (let k = 0; k < delta.length; k++) {
      const change = factor * delta[k];
      this.b2[k] -= change;
      for (let j = 0; j < H; j++) W2[k * H + j] -= change * hidden[j];
    }
    for (let j = 0; j < H; j++) this.b1[j] -= factor * hiddenDelta[j];
    for (let i = 0; i < places.length; i++) {
      const from = places[i] * H;
      const change = factor * values[i];
      for (let j = 0; j < H; j++) W1[from + j] -= change * hiddenDelta[j];
    }
  }

  // The parameters in nntrain's order.
  parameters() {
    const W1 = transposed(this.W1, this.W1.length / this.hidden);
    return { W1, b1: this.b1.slice(), W2: this.W2.slice(), b2: this.b2.slice() };
  }
}

// Updates by the mini-batches of golden values that nntrain wrote, and returns the largest
// difference of a parameter, NaN if one is NaN.
function differenceFromGolden(golden, images, labels) {
  let largest = 0;
  const arrays = (stored) => Object.fromEntries(Object.entries(stored).map(([name, text]) => [name, floatsOf(text)]));
  for (const { output, rate, end } of golden.updates) {
    const learner = new Learner(output, arrays(golden.start));
    for (let at = 0; at < golden.batches * golden.size; at += golden.size) {
      learner.step(images.slice(at, at + golden.size), labels.slice(at, at + golden.size), rate);
    }
    const found = learner.parameters();
    for (const [name, expected] of Object.entries(arrays(end))) {
      found[name].forEach((value, i) => {
        largest = Math.max(largest, Math.abs(value - expected[i]));
      });
    }
  }
  return largest;
}
