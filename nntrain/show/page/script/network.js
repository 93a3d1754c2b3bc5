// The run's network: z = W a + b, a = f(z), and its output layer at the end.

const ACTIVATIONS = {
  relu: (z) => Math.max(0, z),
  tanh: Math.tanh,
  sigmoid,
};

function readNetwork(stored, output, c) {
  const [weights, biases] = [stored.weights.map(floatsOf), stored.biases.map(floatsOf)];
  return { weights, biases, hidden: ACTIVATIONS[stored.activation], layer: OUTPUT_LAYERS[output], c };
}

// Returns the outputs for pixels, bytes 0 to 255.
function forward(network, pixels) {
  let a = Float64Array.from(pixels, (byte) => byte / 255);
  network.weights.forEach((W, layer) => {
    const z = Float64Array.from(network.biases[layer], (bias, j) => {
      let sum = bias;
      for (let k = 0; k < a.length; k++) sum += W[j * a.length + k] * a[k];
      return sum;
    });
    a = layer < network.weights.length - 1 ? z.map(network.hidden) : z;
  });
  return network.layer.activate(a, network.c);
}

// Compares this forward pass with Python's on the digits in the page: the largest difference, or NaN.
function largestDifference(network, stored) {
  const images = bytesOf(stored.images);
  const expected = floatsOf(stored.outputs);
  const size = images.length / stored.labels.length;
  let largest = 0;
  stored.labels.forEach((_, i) => {
    const outputs = forward(network, images.subarray(i * size, (i + 1) * size));
    outputs.forEach((a, j) => {
      largest = Math.max(largest, Math.abs(a - expected[i * outputs.length + j]));
    });
  });
  return largest;
}
