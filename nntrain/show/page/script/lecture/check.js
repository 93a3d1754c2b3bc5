// Compares the scripts with the product's golden vectors each time the page opens.

// The largest difference, relative where numbers are above 1; NaN if one is NaN or missing.
function worst(found, expected) {
  const [a, b] = [[found].flat(Infinity), [expected].flat(Infinity)];
  if (a.length !== b.length) return NaN;
  return Math.max(...a.map((one, i) => Math.abs(one - b[i]) / Math.max(1, Math.abs(b[i]))));
}

function neuronCurve({ cost, rate, weight, bias, outputs }) {
  const found = { outputs: [], costs: [] };
  let at = { w: weight, b: bias };
  for (let epoch = 0; found.outputs.length < outputs.length; epoch++) {
    if (epoch % 30 === 0) {
      found.outputs.push(sigmoid(at.w + at.b));
      found.costs.push(NEURON[cost].cost(at.w + at.b));
    }
    at = neuronStep(cost, at, rate);
  }
  return found;
}

function goldenDifferences({ layers, neurons, scaled, sigmoids, limit }) {
  const found = [];
  for (const { name, z, y, a, cost, delta } of layers) {
    const layer = OUTPUT_LAYERS[name];
    const activations = layer.activate(z);
    found.push(worst([activations, layer.cost(z, y), layer.delta(activations, y)], [a, cost, delta]));
  }
  for (const neuron of neurons) {
    const { outputs, costs } = neuronCurve(neuron);
    found.push(worst([outputs, costs], [neuron.outputs, neuron.costs]));
  }
  for (const { z, c, a, jacobian: expected, constant, raised } of scaled) {
    const one = z.map((value) => c * value);
    const activations = softmax(z, c);
    found.push(worst(activations, a));
    found.push(worst(jacobian(activations).flat().map((entry) => c * entry), expected));
    found.push(worst(logSumExp(one), constant));
    const lifted = raisedFirst(one, 0.3);
    if (lifted !== null) found.push(worst(softmax([lifted, ...one.slice(1)]), raised));
    found.push(worst(z.map(sigmoid), sigmoids));
  }
  found.push(worst(hardMaximum(limit.z), limit.a));
  return found;
}

const TOLERATED = 1e-9;

(function checkGolden() {
  const line = document.getElementById("golden");
  const difference = Math.max(...goldenDifferences(LECTURE.golden)); // NaN if one is NaN
  const sound = difference <= TOLERATED;
  line.dataset.difference = difference;
  line.classList.toggle("bad", !sound);
  line.textContent = filled(sound ? LECTURE.page.checked : LECTURE.page.failed, { difference: written(difference) });
})();
