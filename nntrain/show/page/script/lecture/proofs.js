// Section 8: proofs that are stepped through; every line shows its own numbers.

const BEFORE = 0.5; // the activation a_k of the layer before, for ∂C/∂w_jk
const COUNTER = { z: [0, Math.log(2), Math.log(3)], y: 1 };

// a hidden neuron for (BP2): its z, and its weights w_kj into the output layer
const HIDDEN = { z: 0.5, weights: [0.8, -0.5, 0.3, 0.6, -0.7, 0.4] };

const product = (a, b) => `${bracketed(a)}\u00a0·\u00a0${bracketed(b)}`;
const exactly = (value, digits) => (Number.isInteger(value) ? inLanguage(String(value)) : written(value, digits)); // 0 is 0, not 0.000
const bracketed = (value, digits = 3) => (value < 0 ? `(${exactly(value, digits)})` : exactly(value, digits));
const chain = (firsts, seconds) => `${firsts.map((one, k) => product(one, seconds[k])).join(" + ")} = ${written(sum(firsts.map((one, k) => one * seconds[k])))}`;
const unit = (n, j) => Array.from({ length: n }, (_, k) => (k === j ? 1 : 0));

const PROOFS = {
  // sigmoids with the quadratic cost
  bp1(z, y, j) {
    const layer = OUTPUT_LAYERS["sigmoid+quadratic"];
    const a = z.map(sigmoid);
    const costs = a.map((one, k) => one - (k === y ? 1 : 0)); // ∂C/∂a_k
    const slopes = unit(z.length, j).map((one) => one * slopeOf(z[j])); // ∂a_k/∂z_j
    const step = 1e-4;
    const [up, down] = [step, -step].map((by) => layer.cost(z.map((one, k) => (k === j ? one + by : one)), y));
    return {
      numeric: (up - down) / (2 * step),
      chain_sigmoid: chain(costs, slopes),
      dc: bracketed(costs[j]),
      slope: bracketed(slopes[j]),
      delta_sigmoid: layer.delta(a, y)[j],
    };
  },
  // softmax with log-likelihood, always the same numbers
  break() {
    const { z, y } = COUNTER;
    const a = softmax(z);
    const J = jacobian(a);
    const costs = a.map((one, k) => (k === y ? -1 / one : 0));
    const [e1, e2, e3] = costs.map((one, k) => one * J[k][k]);
    const [d1, d2, d3] = LOG_LIKELIHOOD.delta(a, y);
    const [ca1, ca2, ca3] = a;
    return { ca1, ca2, ca3, chain_counter: chain(costs, J.map((row) => row[0])), cross: J[1][0], e1, e2, e3, d1, d2, d3 };
  },
  // a sigmoid neuron of the layer before, whose index is not the chosen one
  bp2(z, y) {
    const delta = LOG_LIKELIHOOD.delta(softmax(z), y);
    const weights = HIDDEN.weights.slice(0, z.length);
    const slope = slopeOf(HIDDEN.z);
    const step = 1e-4;
    const [up, down] = [step, -step].map((by) => {
      const change = sigmoid(HIDDEN.z + by) - sigmoid(HIDDEN.z);
      return LOG_LIKELIHOOD.cost(z.map((one, k) => one + weights[k] * change), y);
    });
    return {
      hidden_z: exactly(HIDDEN.z, 1),
      numeric: (up - down) / (2 * step),
      deltas: list(delta),
      weights: list(weights, 1),
      slope,
      chain: delta.map((one, k) => product(one, weights[k])).join(" + "),
      delta: slope * sum(delta.map((one, k) => one * weights[k])),
    };
  },
  bp3: (z, y, j) => backpropagated(z, y, j),
  bp4: (z, y, j) => backpropagated(z, y, j),
  problem2(z, y, j) {
    const a = softmax(z);
    const delta = LOG_LIKELIHOOD.delta(a, y);
    return {
      ...backpropagated(z, y, j),
      cost: LOG_LIKELIHOOD.cost(z, y),
      inverse: written(1 / a[y]),
      dady: bracketed(jacobian(a)[y][j], 5),
      delta_y: delta[y],
      others: delta.map((one, k) => `δ${SMALL[k + 1]} = ${written(one)}`).filter((_, k) => k !== y).join(LANG === "cs" ? "; " : ", "),
    };
  },
};

function backpropagated(z, y, j) {
  const delta = LOG_LIKELIHOOD.delta(softmax(z), y);
  const ones = unit(z.length, j);
  return {
    deltas: list(delta),
    delta: bracketed(delta[j]),
    before: written(BEFORE, 1),
    chain_bias: chain(delta, ones),
    chain_weight: chain(delta, ones.map((one) => one * BEFORE)),
    gradient: written(BEFORE * delta[j]),
  };
}

startWidget("proofs", (box) => {
  makeZSliders(box);
  const row = htmlElement(box, "p");
  const choose = (label) => {
    const select = htmlElement(htmlElement(row, "label", { class: "choose" }, label), "select");
    select.addEventListener("change", draw);
    return select;
  };
  const [trueClass, chosen] = [choose(WORDS.true_class), choose(WORDS.chosen)];
  const articles = document.querySelectorAll("[data-proof]");

  function draw() {
    const z = Z.values;
    for (const [select, start] of [[trueClass, 1], [chosen, 0]]) {
      if (select.length === z.length) continue;
      const before = select.length ? select.selectedIndex : start;
      select.replaceChildren();
      z.forEach((_, j) => htmlElement(select, "option", {}, String(j + 1)));
      select.selectedIndex = Math.min(before, z.length - 1);
    }
    for (const article of articles) fill(article, PROOFS[article.dataset.proof](z, trueClass.selectedIndex, chosen.selectedIndex));
  }

  articles.forEach(startProof);
  Z.shown(draw);
});

function startProof(article) {
  const lines = [...article.querySelectorAll("li")];
  let shown = 1;
  const buttons = htmlElement(article, "div");
  const previous = makeButton(buttons, WORDS.previous, () => go(shown - 1));
  const next = makeButton(buttons, WORDS.next, () => go(shown + 1), "main");
  const all = makeButton(buttons, WORDS.all, () => go(lines.length));
  function go(count) {
    shown = count;
    lines.forEach((line, i) => {
      line.hidden = i >= shown;
      line.classList.toggle("new", i === shown - 1);
    });
    previous.disabled = shown <= 1;
    next.disabled = all.disabled = shown >= lines.length;
  }
  go(1);
}
