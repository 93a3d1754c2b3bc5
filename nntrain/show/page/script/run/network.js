// The run's network: z = W a + b, a = f(z), and its output layer at the end.

// The function f of a hidden layer, and f′ as a function of a.
const ACTIVATIONS = {
  relu: { f: (z) => Math.max(0, z), slope: (a) => (a > 0 ? 1 : 0) },
  tanh: { f: Math.tanh, slope: (a) => 1 - a * a },
  sigmoid: { f: sigmoid, slope: (a) => a * (1 - a) },
};

// A weight is a whole number of 8 bits times the scale of its neuron.
async function readNetwork(stored, output, c) {
  const whole = new Int8Array((await inflated(stored.weights)).buffer);
  const [scales, biases] = [floatsOf(stored.scales), floatsOf(stored.biases)];
  const network = { sizes: stored.sizes, weights: [], biases: [], hidden: ACTIVATIONS[stored.activation], layer: OUTPUT_LAYERS[output], c };
  let [weight, neuron] = [0, 0];
  for (let l = 1; l < stored.sizes.length; l++) {
    const [from, to] = [stored.sizes[l - 1], stored.sizes[l]];
    const W = new Float32Array(from * to);
    for (let i = 0; i < W.length; i++) W[i] = whole[weight + i] * scales[neuron + Math.floor(i / from)];
    network.weights.push(W);
    network.biases.push(biases.subarray(neuron, neuron + to));
    weight += W.length;
    neuron += to;
  }
  return network;
}

const inputsOf = (pixels) => Float64Array.from(pixels, (byte) => byte / 255);

// Returns z of each layer, and a of each layer with the inputs first; the last a are the outputs.
function passed(network, inputs) {
  const [z, a] = [[], [inputs]];
  network.weights.forEach((W, l) => {
    const [from, b] = [a[l], network.biases[l]];
    const used = Int32Array.from(from.keys()).filter((k) => from[k] !== 0); // most inputs are blank
    const sums = new Float64Array(b.length);
    for (let j = 0; j < sums.length; j++) {
      let sum = b[j];
      const row = j * from.length;
      for (let i = 0; i < used.length; i++) sum += W[row + used[i]] * from[used[i]];
      sums[j] = sum;
    }
    z.push(sums);
    a.push(l < network.weights.length - 1 ? sums.map(network.hidden.f) : network.layer.activate(sums, network.c));
  });
  return { z, a };
}

// Returns the outputs for pixels, bytes 0 to 255.
const forward = (network, pixels) => passed(network, inputsOf(pixels)).a.at(-1);

// Compares this forward pass with Python's on the first digits in the page: the largest difference, or NaN.
function largestDifference(network, stored, images) {
  const expected = floatsOf(stored.outputs);
  let largest = 0;
  for (let i = 0; i < stored.checked; i++) {
    const outputs = forward(network, images(i));
    outputs.forEach((a, j) => {
      largest = Math.max(largest, Math.abs(a - expected[i * outputs.length + j]));
    });
  }
  return largest;
}
