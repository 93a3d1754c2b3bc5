// The output layers: activation, cost and δ = ∂C/∂z of one example, with y the true class.

// a − ỹ
const outputError = (a, y) => Array.from(a, (one, j) => one - (j === y ? 1 : 0));
const halfSquare = (a, y) => outputError(a, y).reduce((sum, e) => sum + (e * e) / 2, 0);

// ln(1 + e^z), finite for every z
const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

function logSumExp(z) {
  const largest = Math.max(...z);
  return largest + Math.log(z.reduce((sum, one) => sum + Math.exp(one - largest), 0));
}

// ∂a_j/∂z_k = a_j (1[j = k] − a_k)
const jacobian = (a) => a.map((aj, j) => a.map((ak, k) => aj * ((j === k ? 1 : 0) - ak)));

const OUTPUT_LAYERS = {
  "softmax+log-likelihood": {
    activate: (z) => softmax(z, 1),
    cost: (z, y) => logSumExp(z) - z[y],
    delta: outputError,
  },
  "sigmoid+cross-entropy": {
    activate: (z) => z.map(ACTIVATIONS.sigmoid),
    cost: (z, y) => z.reduce((sum, one, j) => sum + softplus(j === y ? -one : one), 0),
    delta: outputError,
  },
  "sigmoid+quadratic": {
    activate: (z) => z.map(ACTIVATIONS.sigmoid),
    cost: (z, y) => halfSquare(z.map(ACTIVATIONS.sigmoid), y),
    // (a − ỹ) ⊙ σ'(z)
    delta: (a, y) => outputError(a, y).map((e, j) => e * a[j] * (1 - a[j])),
  },
  "softmax+quadratic": {
    activate: (z) => softmax(z, 1),
    cost: (z, y) => halfSquare(softmax(z, 1), y),
    // J (a − ỹ): δ_j = a_j [(a_j − ỹ_j) − Σ_k a_k (a_k − ỹ_k)]
    delta(a, y) {
      const error = outputError(a, y);
      const mean = error.reduce((sum, e, k) => sum + a[k] * e, 0);
      return error.map((e, j) => a[j] * (e - mean));
    },
  },
};
