// The output layers for one example, as in nntrain/nn/outputs.py: z are the weighted inputs, y is
// the label, delta is ∂C/∂z. Costs are computed from z, so that they stay finite.

const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const logSumExp = (z) => {
  const largest = Math.max(...z);
  return Math.log(z.reduce((sum, one) => sum + Math.exp(one - largest), 0)) + largest;
};
const errors = (a, y) => a.map((one, j) => one - (j === y ? 1 : 0)); // a − ỹ
const halfSquare = (a, y) => errors(a, y).reduce((sum, e) => sum + 0.5 * e * e, 0); // ½ Σ (a_j − ỹ_j)²
const sigmoids = (z) => Array.from(z, ACTIVATIONS.sigmoid);
const softmaxes = (z) => softmax(z, 1);

// ∂a_j/∂z_k = a_j (1[j = k] − a_k) of the softmax.
function jacobian(a) {
  return a.map((one, j) => a.map((other, k) => one * ((j === k ? 1 : 0) - other)));
}

const OUTPUT_LAYERS = {
  "softmax+log-likelihood": {
    activate: softmaxes,
    cost: (z, y) => logSumExp(z) - z[y], // −ln a_y = ln Σ_k exp(z_k) − z_y
    delta: errors,
  },
  "sigmoid+cross-entropy": {
    activate: sigmoids,
    cost: (z, y) => z.reduce((sum, one, j) => sum + softplus(j === y ? -one : one), 0),
    delta: errors,
  },
  "sigmoid+quadratic": {
    activate: sigmoids,
    cost: (z, y) => halfSquare(sigmoids(z), y),
    delta: (a, y) => errors(a, y).map((e, j) => e * a[j] * (1 - a[j])), // (a − ỹ) ⊙ σ'(z)
  },
  "softmax+quadratic": {
    activate: softmaxes,
    cost: (z, y) => halfSquare(softmaxes(z), y),
    delta(a, y) { // J(a − ỹ) = a_j [(a_j − ỹ_j) − Σ_k a_k (a_k − ỹ_k)]
      const e = errors(a, y);
      const mean = e.reduce((sum, one, k) => sum + a[k] * one, 0);
      return e.map((one, j) => a[j] * (one - mean));
    },
  },
};
