// What the laboratory draws as its networks learn, and when.

const DRAW_MS = 100; // between two drawings of the charts
const CALM_MS = 1000; // the same where the reader prefers reduced motion
const NAMED_FROM = 620; // pixels: names at the ends of lines only in charts as wide as this

// The horizontal axis: updates from 1 to a power of ten, at least 100.
function updatesAxis(updates) {
  const high = 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(1, updates))));
  return { low: 1, high, log: true, ticks: decades(1, high) };
}

// The three charts that all networks share.
function showCharts(points, layers, x, say) {
  const svg = (id) => document.getElementById(id);
  const of = (key) => layers.map((layer, i) => ({ ...layer, points: points.map(({ updates, networks }) => [updates, networks[i][key]]) }));
  const all = (key) => points.flatMap(({ networks }) => networks.map((network) => network[key]));
  const shares = (...values) => ({ low: 0, high: values.at(-1), ticks: values.map((value) => [value, percent(value, 0)]) });

  const named = svg("lab-accuracy").clientWidth >= NAMED_FROM;
  drawCurves(svg("lab-accuracy"), { x, y: shares(0, 0.25, 0.5, 0.75, 1), lines: of("accuracy"), guide: 0.5, named });
  const { updates, networks } = points.at(-1);
  const accuracies = layers.map(({ title }, i) => `${title} ${percent(networks[i].accuracy)}`).join(", ");
  svg("lab-accuracy").setAttribute("aria-label", say("accuracy_text", { n: plain(updates), list: accuracies }));

  const deltas = all("delta").filter((delta) => delta > 0); // false for NaN
  const low = 10 ** Math.floor(Math.log10(Math.max(1e-12, Math.min(0.05, ...deltas))));
  const high = Math.max(2, ...deltas);
  drawCurves(svg("lab-delta"), { x, y: { low, high, log: true, ticks: decades(low, high) }, lines: of("delta") });

  const top = all("saturated").some((share) => share > 0.2) ? 1 : 0.2;
  drawCurves(svg("lab-saturated"), { x, y: shares(0, top / 2, top), lines: of("saturated") });
}

class Drawer {
  calm = matchMedia("(prefers-reduced-motion: reduce)");
  last = 0; // when the charts were drawn
  cards = [];
  layers = [];

  constructor(data, run, say) {
    Object.assign(this, { data, run, say });
    this.parent = document.getElementById("lab-cards");
    const again = () => run.points.length && this.all();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    new ResizeObserver(() => run.points.length && this.draw()).observe(this.parent);
  }

  // Fresh cards for these layers; slide(name, η) is called by their sliders.
  rebuild(layers, slide) {
    this.layers = layers;
    this.parent.replaceChildren();
    this.cards = layers.map((layer) => makeCard(this.parent, layer, this.say, slide));
  }

  setRates(rates, shared) {
    this.cards.forEach((card, i) => card.setRate(rates[i], shared));
  }

  // While it runs: the weights of a network after each answer, the charts every DRAW_MS. Returns
  // whether the charts were drawn.
  follow(painted, now = performance.now()) {
    const due = now - this.last >= (this.calm.matches ? CALM_MS : DRAW_MS);
    if (due && this.calm.matches) this.all();
    else if (!this.calm.matches) {
      this.paint(painted);
      if (due) this.draw();
    }
    return due;
  }

  all() {
    this.draw();
    this.repaint();
  }

  draw() {
    const { points, updates } = this.run;
    const [say, x] = [this.say, updatesAxis(updates)];
    this.last = performance.now();
    document.getElementById("lab-updates").textContent = plain(updates);
    document.getElementById("lab-epochs").textContent = say("epochs", { n: plain((10 * updates) / this.data.learn, 1) });
    showCharts(points, this.layers, x, say);
    this.cards.forEach((card, i) => {
      showCard(card, points, i, say);
      showCost(card, points, i, this.layers[i], x, say);
    });
  }

  repaint() {
    this.colours = signedColours();
    this.scale = 0;
    this.paint([...this.cards.keys()]);
  }

  // Paints the weights of some networks; all of them where the scale, one for all, must grow.
  paint(numbers) {
    const { weights, first, state } = this.run;
    const shown = numbers.map((number) => (state.view === "change" ? weights[number].map((w, i) => w - first[i]) : weights[number]));
    const scale = Math.max(this.scale, ...shown.map(scaleOf));
    const grown = scale > this.scale;
    this.scale = scale;
    if (grown && numbers.length < this.cards.length) return this.paint([...this.cards.keys()]);
    if (grown) document.getElementById("lab-weights-note").textContent = this.say("weights_note", { m: small(scale) });
    numbers.forEach((number, i) => {
      paintWeights(this.cards[number].pictures, shown[i], state.hidden, this.data.shape, scale, this.colours);
    });
  }
}
