// A card for each network of the laboratory: accuracy, δ, learning rate, cost, weights.

const STUCK_AFTER = 100; // updates without progress after which a card says so
const PROGRESS = 0.05; // of accuracy

// A fresh card, and the elements in it that change; slide(name, η) is called by its slider.
function makeCard(parent, { name, title, colour }, say, slide) {
  const card = htmlElement(parent, "article", { class: `lab-card ${colour}` });
  htmlElement(card, "h3", {}, title);
  const figure = htmlElement(card, "p", { class: "lab-figure" });
  const accuracy = htmlElement(figure, "b", {}, "–");
  htmlElement(figure, "span", {}, say("held_out"));
  const half = htmlElement(card, "p", { class: "lab-half" });
  htmlElement(card, "p", { class: "lab-formula" }, OUTPUT_LAYERS[name].formula);
  const mean = htmlElement(card, "p", { class: "lab-delta" });
  const setRate = makeRate(card, say("eta_of", { name: title }), (rate) => slide(name, rate));
  const costs = htmlElement(card, "figure", { class: "lab-cost", "data-part": "curves" });
  const cost = svgElement(costs, "svg", { class: "chart", role: "img" });
  const costWords = htmlElement(costs, "figcaption");
  const label = say("weights_of", { name: title });
  const pictures = htmlElement(card, "canvas", { class: "lab-weights", "data-part": "weights", role: "img", "aria-label": label });
  return { card, accuracy, half, mean, cost, costWords, pictures, setRate };
}

// The slider of a learning rate; returns a function that sets it, and hides it where η is shared.
function makeRate(card, label, slid) {
  const eta = htmlElement(card, "label", { class: "lab-slider lab-eta", "data-part": "eta" });
  htmlElement(eta, "span", {}, "η");
  const slider = htmlElement(eta, "input", { type: "range", min: 0, max: RATES.length - 1, step: 1, "aria-label": label });
  const shown = htmlElement(eta, "output");
  slider.addEventListener("input", () => slid(RATES[slider.value]));
  return (rate, shared) => {
    eta.classList.toggle("lab-off", shared);
    slider.value = nearestRate(rate);
    slider.setAttribute("aria-valuetext", small(rate));
    shown.textContent = small(rate);
  };
}

function nearestRate(value) {
  const gaps = RATES.map((rate) => Math.abs(Math.log(rate / value)));
  return gaps.indexOf(Math.min(...gaps));
}

// The first count of updates at which a network was right on at least half the digits, or null.
function halfWay(points, number) {
  return points.find(({ networks }) => networks[number].accuracy >= 0.5)?.updates ?? null;
}

// Whether a network has made no progress for long: "stuck".
function isStuck(points, number) {
  const accuracies = points.map(({ networks }) => networks[number].accuracy);
  return points.at(-1).updates >= STUCK_AFTER && Math.max(...accuracies) < accuracies[0] + PROGRESS;
}

function showCard(parts, points, number, say) {
  const { updates, networks } = points.at(-1);
  const now = networks[number];
  const half = halfWay(points, number);
  const stuck = isStuck(points, number);
  parts.card.dataset.accuracy = now.accuracy;
  parts.accuracy.textContent = percent(now.accuracy);
  if (half !== null) parts.half.textContent = say("half_after", { n: plain(half) });
  else parts.half.textContent = stuck ? say("stuck", { n: plain(updates) }) : say("half_never");
  parts.half.classList.toggle("lab-reached", half !== null || stuck);
  parts.mean.textContent = Number.isFinite(now.cost) ? say("delta_now", { d: small(now.delta) }) : say("diverged");
}

// The curve of the cost, each network's on its own scale: costs of different kinds cannot be compared.
function showCost(parts, points, number, layer, x, say) {
  const costs = points.map(({ updates, networks }) => [updates, networks[number].cost]);
  const finite = costs.map(([, cost]) => cost).filter(Number.isFinite);
  const most = Math.max(...finite) || 1;
  const y = { low: 0, high: 1.05 * most, ticks: [[0, "0"], [most, small(most)]] };
  drawCurves(parts.cost, { x: { ...x, ticks: [x.ticks[0], x.ticks.at(-1)] }, y, lines: [{ ...layer, points: costs }] });
  const text = say("cost_curve", { from: small(finite[0]), to: small(finite.at(-1)) });
  parts.cost.setAttribute("aria-label", text);
  parts.costWords.textContent = text;
}
