// The output layers: activation, cost and δ = ∂C/∂z of one example, with y the true class.

const softmaxInto = (z, out) => out.set(softmax(z, 1));

function sigmoidInto(z, out) {
  for (let j = 0; j < z.length; j++) out[j] = ACTIVATIONS.sigmoid(z[j]);
}

// a − ỹ
function errorInto(a, y, out) {
  for (let j = 0; j < a.length; j++) out[j] = a[j] - (j === y ? 1 : 0);
}

function quadraticCost(a, y) {
  return a.reduce((sum, one, j) => sum + (one - (j === y ? 1 : 0)) ** 2 / 2, 0);
}

// ln(1 + e^z), finite for every z
const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

function logSumExp(z) {
  const largest = Math.max(...z);
  return largest + Math.log(z.reduce((sum, one) => sum + Math.exp(one - largest), 0));
}

const LAYERS = {
  "softmax+log-likelihood": {
    activate: softmaxInto,
    cost: (z, a, y) => logSumExp(z) - z[y],
    delta: errorInto,
  },
  "sigmoid+cross-entropy": {
    activate: sigmoidInto,
    cost: (z, a, y) => z.reduce((sum, one, j) => sum + softplus(j === y ? -one : one), 0),
    delta: errorInto,
  },
  "sigmoid+quadratic": {
    activate: sigmoidInto,
    cost: (z, a, y) => quadraticCost(a, y),
    // (a − ỹ) ⊙ σ'(z)
    delta(a, y, out) {
      errorInto(a, y, out);
      for (let j = 0; j < a.length; j++) out[j] *= a[j] * (1 - a[j]);
    },
  },
  "softmax+quadratic": {
    activate: softmaxInto,
    cost: (z, a, y) => quadraticCost(a, y),
    // J (a − ỹ): δ_j = a_j [(a_j − ỹ_j) − Σ_k a_k (a_k − ỹ_k)]
    delta(a, y, out) {
      errorInto(a, y, out);
      let mean = 0;
      for (let k = 0; k < a.length; k++) mean += a[k] * out[k];
      for (let j = 0; j < a.length; j++) out[j] = a[j] * (out[j] - mean);
    },
  },
};
