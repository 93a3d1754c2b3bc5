// The output layers for one example, as in nntrain/nn/outputs.py: z are the weighted inputs, y is
// the label, delta is ∂C/∂z, and formula says so. Costs are computed from z, so that they stay finite.

// exp(c z_j) / Σ_k exp(c z_k); subtracting the largest z does not change the quotient.
function softmax(z, c = 1) {
  const largest = Math.max(...z);
  const powers = [];
  let total = 0;
  for (const one of z) total += powers[powers.push(Math.exp(c * (one - largest))) - 1];
  return powers.map((one) => one / total);
}

// ln Σ_k exp(z_k)
function logSumExp(z) {
  const largest = Math.max(...z);
  return Math.log(z.reduce((all, one) => all + Math.exp(one - largest), 0)) + largest;
}

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const sigmoids = (z) => Array.from(z, sigmoid);
const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))); // ln(1 + e^z)
const errors = (a, y) => a.map((one, j) => one - (j === y ? 1 : 0)); // a − ỹ
const halfSquare = (a, y) => errors(a, y).reduce((all, e) => all + 0.5 * e * e, 0); // ½ Σ (a_j − ỹ_j)²

// ∂a_j/∂z_k = a_j (1[j = k] − a_k) of the softmax.
function jacobian(a) {
  return a.map((one, j) => a.map((other, k) => one * ((j === k ? 1 : 0) - other)));
}

const OUTPUT_LAYERS = {
  "softmax+log-likelihood": {
    activate: softmax,
    formula: "δ = a − ỹ",
    cost: (z, y) => logSumExp(z) - z[y], // −ln a_y = ln Σ_k exp(z_k) − z_y
    delta: errors,
  },
  "sigmoid+cross-entropy": {
    activate: sigmoids,
    formula: "δ = a − ỹ",
    cost: (z, y) => z.reduce((all, one, j) => all + softplus(j === y ? -one : one), 0),
    delta: errors,
  },
  "sigmoid+quadratic": {
    activate: sigmoids,
    formula: "δ = (a − ỹ) ⊙ σ′(z)",
    cost: (z, y) => halfSquare(sigmoids(z), y),
    delta: (a, y) => errors(a, y).map((e, j) => e * a[j] * (1 - a[j])),
  },
  "softmax+quadratic": {
    activate: softmax,
    formula: "δ = J(a − ỹ)",
    cost: (z, y) => halfSquare(softmax(z), y),
    delta(a, y) { // J(a − ỹ) = a_j [(a_j − ỹ_j) − Σ_k a_k (a_k − ỹ_k)]
      const e = errors(a, y);
      const mean = e.reduce((all, one, k) => all + a[k] * one, 0);
      return e.map((one, j) => a[j] * (one - mean));
    },
  },
};
