// The mathematics of the lecture that the output layers do not have already.

const LOG_LIKELIHOOD = OUTPUT_LAYERS["softmax+log-likelihood"];
const sum = (values) => values.reduce((all, one) => all + one, 0);
const slopeOf = (z) => sigmoid(z) * (1 - sigmoid(z)); // σ'(z)

// The z_1 at which a_1 has grown by amount while the other z stay, or null if that passes 1.
function raisedFirst(z, amount) {
  const [a] = softmax(z);
  const goal = a + amount;
  if (goal >= 1) return null;
  // ln (a/(1 − a)) = z_1 − ln Σ_{k>1} e^{z_k}: both sides grow alike
  return z[0] + Math.log(goal / (1 - goal)) - Math.log(a / (1 - a));
}

// The limit of softmax(c z) for c → ∞.
function hardMaximum(z) {
  const largest = Math.max(...z);
  const tied = z.filter((one) => one === largest).length;
  return z.map((one) => (one === largest ? 1 / tied : 0));
}

// One neuron with input 1 and target 0: one step of gradient descent changes w and b alike.
const NEURON = {
  quadratic: { cost: (z) => sigmoid(z) ** 2 / 2, gradient: (z) => sigmoid(z) * slopeOf(z) }, // ½a², aσ'(z)
  "cross-entropy": { cost: softplus, gradient: sigmoid }, // −ln(1 − a), a
};

function neuronStep(cost, { w, b }, rate) {
  const gradient = NEURON[cost].gradient(w + b);
  return { w: w - rate * gradient, b: b - rate * gradient };
}
