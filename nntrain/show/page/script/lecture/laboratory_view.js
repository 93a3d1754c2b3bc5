// What the laboratory shows: a card for each network, three charts, the weights as pictures.

const DELTA_FORMULAS = {
  "softmax+log-likelihood": "δ = a − ỹ",
  "sigmoid+cross-entropy": "δ = a − ỹ",
  "sigmoid+quadratic": "δ = (a − ỹ) ⊙ σ′(z)",
  "softmax+quadratic": "δ = J(a − ỹ)",
};
const NAMED_FROM = 620; // pixels: names at the ends of lines only in charts as wide as this
const SCALES = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]; // of the pictures of weights

// Texts in the page's language: a word with its {places} filled in, and numbers.
function makeWriter({ words, language }) {
  const plain = (n, digits) => n.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const raised = (power) => Array.from(`${power}`, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? (sign === "-" ? "⁻" : "")).join("");
  return {
    say: (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]),
    plain,
    percent: (share, digits = 1) => `${plain(100 * share, digits)}\u00a0%`,
    // Two digits; below 0.001 a power of ten, as 4.5·10⁻⁸.
    small(x) {
      if (!Number.isFinite(x)) return "–";
      const size = Math.abs(x);
      if (size === 0 || size >= 0.001) return size >= 9.95 ? plain(x, 1) : x.toLocaleString(language, { maximumSignificantDigits: 2 }).replace("-", "−");
      const [digits, exponent] = x.toExponential(1).split("e");
      return `${plain(Number(digits), 1).replace("-", "−")}·10${raised(exponent)}`;
    },
    power: (x) => (x >= 0.01 ? plain(x, x < 1 ? Math.round(-Math.log10(x)) : 0) : `10${raised(Math.round(Math.log10(x)))}`),
  };
}

// A fresh card for a network, and the elements in it that change.
function makeCard(parent, { name, title, colour }, { say, small }, slide) {
  const card = htmlElement(parent, "article", { class: `lab-card series-${colour}` });
  htmlElement(card, "h3", {}, title);
  const figure = htmlElement(card, "p", { class: "lab-figure" });
  const accuracy = htmlElement(figure, "b", {}, "–");
  htmlElement(figure, "span", {}, say("held_out"));
  const half = htmlElement(card, "p", { class: "lab-half" });
  htmlElement(card, "p", { class: "lab-formula" }, DELTA_FORMULAS[name]);
  const delta = htmlElement(card, "p", { class: "lab-delta" });
  const eta = htmlElement(card, "label", { class: "lab-slider lab-eta", "data-part": "eta" });
  htmlElement(eta, "span", {}, "η");
  const slider = htmlElement(eta, "input", { type: "range", min: 0, max: RATES.length - 1, step: 1, "aria-label": say("eta_of", { name: title }) });
  const rate = htmlElement(eta, "output");
  slider.addEventListener("input", () => slide(name, RATES[slider.value]));
  const costs = htmlElement(card, "figure", { class: "lab-cost", "data-part": "curves" });
  const cost = svgElement(costs, "svg", { class: "chart", role: "img" });
  const costWords = htmlElement(costs, "figcaption");
  const pictures = htmlElement(card, "canvas", { class: "lab-weights", "data-part": "weights", role: "img", "aria-label": say("weights_of", { name: title }) });
  const setRate = (value, shared) => {
    eta.classList.toggle("lab-off", shared);
    slider.value = nearestRate(value);
    rate.textContent = small(value);
    slider.setAttribute("aria-valuetext", small(value));
  };
  return { card, accuracy, half, delta, cost, costWords, pictures, setRate };
}

function nearestRate(value) {
  const gaps = RATES.map((rate) => Math.abs(Math.log(rate / value)));
  return gaps.indexOf(Math.min(...gaps));
}

// The first count of updates at which a network was right on at least half the digits.
function halfWay(points, number) {
  return points.find(({ networks }) => networks[number].accuracy >= 0.5)?.updates ?? null;
}

function showCard(parts, points, number, { say, plain, percent, small }) {
  const now = points.at(-1).networks[number];
  const half = halfWay(points, number);
  parts.card.dataset.accuracy = now.accuracy;
  parts.accuracy.textContent = percent(now.accuracy);
  parts.half.textContent = half === null ? say("half_never") : say("half_after", { n: plain(half, 0) });
  parts.half.classList.toggle("lab-reached", half !== null);
  parts.delta.textContent = Number.isFinite(now.cost) ? say("delta_now", { d: small(now.delta) }) : say("diverged");
}

function showCost(parts, points, number, layer, x, { say, small }) {
  const costs = points.map(({ updates, networks }) => [updates, networks[number].cost]);
  const finite = costs.map(([, cost]) => cost).filter(Number.isFinite);
  const text = say("cost_curve", { from: small(finite[0]), to: small(finite.at(-1)) });
  const high = Math.max(...finite) * 1.05;
  const y = { low: 0, high, ticks: [[0, "0"], [high / 1.05, small(high / 1.05)]] };
  const ends = { ...x, ticks: [x.ticks[0], x.ticks.at(-1)] };
  drawCurves(parts.cost, { x: ends, y, lines: [{ ...layer, points: costs }], named: false });
  parts.cost.setAttribute("aria-label", text);
  parts.costWords.textContent = text;
}

// The three charts that all networks share.
function showCharts(points, layers, x, writer) {
  const svg = (id) => document.getElementById(id);
  const of = (key) => layers.map((layer, i) => ({ ...layer, points: points.map(({ updates, networks }) => [updates, networks[i][key]]) }));
  const percents = (shares) => shares.map((share) => [share, writer.percent(share, 0)]);
  const named = svg("lab-accuracy").clientWidth >= NAMED_FROM;
  const accuracy = { low: 0, high: 1, ticks: percents([0, 0.25, 0.5, 0.75, 1]) };
  drawCurves(svg("lab-accuracy"), { x, y: accuracy, lines: of("accuracy"), guide: 0.5, named });
  const last = points.at(-1);
  const list = layers.map(({ title }, i) => `${title} ${writer.percent(last.networks[i].accuracy)}`).join(", ");
  svg("lab-accuracy").setAttribute("aria-label", writer.say("accuracy_text", { n: writer.plain(last.updates, 0), list }));
  const deltas = points.flatMap(({ networks }) => networks.map(({ delta }) => delta)).filter((d) => d > 0);
  const low = 10 ** Math.floor(Math.log10(Math.max(1e-12, Math.min(0.05, ...deltas))));
  drawCurves(svg("lab-delta"), { x, y: { low, high: 2, log: true, ticks: decades(low, 2, writer.power) }, lines: of("delta"), named: false });
  const most = Math.max(...points.flatMap(({ networks }) => networks.map(({ saturated }) => saturated)));
  const top = most > 0.2 ? 1 : 0.2;
  const saturated = { low: 0, high: top, ticks: percents([0, top / 2, top]) };
  drawCurves(svg("lab-saturated"), { x, y: saturated, lines: of("saturated"), named: false });
}

// The horizontal axis: updates from 1 to a power of ten, at least 100.
function updatesAxis(updates, { plain }) {
  const high = 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(1, updates))));
  return { low: 1, high, log: true, ticks: decades(1, high, (n) => plain(n, 0)) };
}

// Colours from orange over the card's to blue, as bytes of red, green and blue for 0 to 254.
function signedColours() {
  const style = getComputedStyle(document.documentElement);
  const ends = ["--wrong", "--card", "--right"].map((name) => {
    const hex = style.getPropertyValue(name).trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  });
  return Uint8Array.from({ length: 3 * 255 }, (_, i) => {
    const t = Math.floor(i / 3) / 127 - 1;
    const end = ends[t < 0 ? 0 : 2][i % 3];
    return Math.round(ends[1][i % 3] + Math.abs(t) * (end - ends[1][i % 3]));
  });
}

// The 97th percentile of |W| of a sample, raised to the next of the scales.
function scaleOf(values) {
  const sample = values.filter((_, i) => i % 11 === 0).map(Math.abs).sort();
  const high = sample[Math.floor(0.97 * (sample.length - 1))];
  return SCALES.find((scale) => scale >= high) ?? SCALES.at(-1);
}

// Draws the weights W1[q * hidden + j] into each hidden neuron j as a picture of the pixels q.
function paintWeights(canvas, W1, hidden, [rows, columns], scale, colours) {
  const across = Math.ceil(Math.sqrt(hidden * 1.2));
  const [width, height] = [across * (columns + 1) - 1, Math.ceil(hidden / across) * (rows + 1) - 1];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let j = 0; j < hidden; j++) {
    const corner = Math.floor(j / across) * (rows + 1) * width + (j % across) * (columns + 1);
    for (let q = 0; q < rows * columns; q++) {
      const share = Math.max(-1, Math.min(1, W1[q * hidden + j] / scale));
      const [to, from] = [4 * (corner + Math.floor(q / columns) * width + (q % columns)), 3 * Math.round(127 + 127 * share)];
      image.data[to] = colours[from];
      image.data[to + 1] = colours[from + 1];
      image.data[to + 2] = colours[from + 2];
      image.data[to + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
