// What each input adds to a weighted input z_k of the last layer, or to the lead of one z over another.

// Gradient of Σ_k v_k z_k in the inputs and in the hidden activations, and the sum of bias times gradient.
function gradients(network, { a }, v) {
  const inHidden = [];
  let [delta, biases] = [v, 0];
  for (let l = network.weights.length - 1; l >= 0; l--) {
    const [W, b, fanIn] = [network.weights[l], network.biases[l], network.sizes[l]];
    const before = new Float64Array(fanIn); // Wᵀ δ
    for (let j = 0; j < delta.length; j++) {
      if (delta[j] === 0) continue;
      biases += delta[j] * b[j];
      const row = j * fanIn;
      for (let k = 0; k < fanIn; k++) before[k] += delta[j] * W[row + k];
    }
    if (l === 0) return { inputs: before, hidden: inHidden, biases };
    inHidden.unshift(before);
    delta = before.map((g, k) => g * network.hidden.slope(a[l][k])); // δ = Wᵀ δ ⊙ f′(z)
  }
}

const PANELS = 16; // of the integral, each with the three points of Gauss and Legendre
const POINTS = [[0.5 - Math.sqrt(0.15), 5 / 18], [0.5, 8 / 18], [0.5 + Math.sqrt(0.15), 5 / 18]];

// Returns the inputs' shares of Σ_k v_k z_k for each v, and the rest, which is not theirs; both add up to it.
// ReLU: input times gradient, and the rest are the biases' shares. Else integrated gradients from the blank
// image: x_i ∫₀¹ ∂z/∂x_i (αx) dα, and the rest is z of the blank image. between() is awaited now and then.
async function sharesOf(network, inputs, vs, between = () => {}) {
  const whole = passed(network, inputs);
  const dot = (v, z) => v.reduce((sum, one, k) => sum + one * z[k], 0);
  if (network.hidden === ACTIVATIONS.relu || network.weights.length === 1) {
    return vs.map((v) => {
      const found = gradients(network, whole, v);
      return { inputs: found.inputs.map((g, i) => g * inputs[i]), rest: found.biases, total: dot(v, whole.z.at(-1)) };
    });
  }
  const sums = vs.map(() => new Float64Array(inputs.length));
  for (let panel = 0; panel < PANELS; panel++) {
    for (const [at, weight] of POINTS) {
      const alpha = (panel + at) / PANELS;
      const part = passed(network, inputs.map((x) => alpha * x));
      vs.forEach((v, n) => {
        gradients(network, part, v).inputs.forEach((g, i) => {
          sums[n][i] += (weight / PANELS) * g * inputs[i];
        });
      });
    }
    await between();
  }
  const blank = passed(network, inputs.map(() => 0)).z.at(-1);
  return vs.map((v, n) => ({ inputs: sums[n], rest: dot(v, blank), total: dot(v, whole.z.at(-1)) }));
}
