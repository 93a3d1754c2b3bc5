// Interactive charts: the pointer or arrow keys show values, the legend hides series.

function setAll(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function svgElement(parent, name, attributes = {}) {
  return parent.appendChild(setAll(document.createElementNS("http://www.w3.org/2000/svg", name), attributes));
}

function htmlElement(parent, name, attributes = {}, text = "") {
  const element = parent.appendChild(setAll(document.createElement(name), attributes));
  element.textContent = text;
  return element;
}

// Lengths in the units of the chart's viewBox.
const SAME_X = 0.5; // points closer than this share a stop
const SAME_ROW = 14;
const NEAR = 6; // points this close to a stop are shown there
const APART = 10; // pixels between the tooltip and its place
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };

function readSeries(group) {
  const { name, x, y, heads, values } = group.dataset;
  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  const colour = group.getAttribute("class").split(" ")[1];
  return { group, name, colour, x: numbers(x), y: numbers(y), heads: heads.split("|"), values: values.split("|") };
}

// A chart of the page: its stops are the places of its points along its axis.
class Chart {
  stops = [];
  place = 0; // of the stop whose values are shown

  constructor(figure, plot, svg, series) {
    const { width, height } = svg.viewBox.baseVal;
    const [left, right, top, bottom] = svg.dataset.area.split(" ").map(Number);
    const upright = figure.dataset.along === "y";
    Object.assign(this, { figure, plot, svg, series, width, height, left, right, top, bottom, upright });
    this.along = upright ? "y" : "x";
    this.hair = svgElement(svg, "line", { class: "hair" });
    this.rings = svgElement(svg, "g", { class: "rings" });
    this.tip = htmlElement(plot, "div", { class: "tip" });
    const label = `Values of: ${svg.querySelector("title").textContent}`;
    this.slider = htmlElement(plot, "div", { class: "slider", role: "slider", tabindex: 0, "aria-label": label, "aria-valuemin": 0 });
    this.listen();
    for (const button of figure.querySelectorAll(".legend button")) {
      button.addEventListener("click", () => this.toggle(button));
    }
    this.show(false);
    this.findStops();
  }

  listen() {
    const on = (kind, act) => this.slider.addEventListener(kind, act);
    const say = () => {
      this.show();
      this.say();
    };
    on("pointermove", (event) => this.point(event));
    on("pointerdown", (event) => this.point(event));
    on("click", () => this.choose());
    on("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse" && document.activeElement !== this.slider) this.show(false);
    });
    on("focus", say);
    on("blur", () => this.show(false));
    on("keydown", (event) => {
      if (event.key === "Escape") this.show(false);
      if (event.key === "Enter") this.choose();
      if (!(event.key in KEYS)) return;
      event.preventDefault();
      const down = this.upright && /Arrow(Up|Down)/.test(event.key); // arrow down goes to the next row
      this.place = Math.min(this.stops.length - 1, Math.max(0, this.place + (down ? -1 : 1) * KEYS[event.key]));
      say();
    });
  }

  // Tells the page which stop was chosen.
  choose() {
    this.figure.dispatchEvent(new CustomEvent("choose", { detail: this.place }));
  }

  shown() {
    return this.series.filter((one) => !one.group.hasAttribute("hidden"));
  }

  show(on = true) {
    for (const part of [this.tip, this.hair, this.rings]) part.toggleAttribute("hidden", !on);
  }

  // The sorted places of the shown series along the axis; close ones, or those of a row, are merged.
  findStops() {
    const all = this.shown().flatMap((one) => one[this.along]).sort((a, b) => a - b);
    this.stops = all.filter((at, i) => !i || at - all[i - 1] > (this.upright ? SAME_ROW : SAME_X));
    const last = Math.max(0, this.stops.length - 1);
    this.place = Math.min(this.place, last);
    this.slider.setAttribute("aria-valuemax", last);
    this.say();
  }

  // Returns a stop's place in words, and for each shown series the point near it or in its row.
  near(at) {
    const nearest = this.shown().map((one) => {
      const gaps = one[this.along].map((where) => Math.abs(where - at));
      const gap = Math.min(...gaps);
      return { one, gap, i: gaps.indexOf(gap) };
    });
    const best = nearest.reduce((a, b) => (b.gap < a.gap ? b : a));
    const head = best.one.heads[best.i];
    if (!this.upright) return [head, nearest.filter(({ gap }) => gap <= NEAR)];
    return [head, nearest.map(({ one }) => ({ one, i: one.heads.indexOf(head) })).filter(({ i }) => i >= 0)];
  }

  // The values at the stop, in the tip and for a screen reader.
  say() {
    if (!this.stops.length) {
      setAll(this.slider, { "aria-valuenow": 0, "aria-valuetext": "no series is shown" });
      this.show(false);
      return;
    }
    const [head, found] = this.near(this.stops[this.place]);
    const title = `${this.svg.dataset.head} ${head}`.trim();
    const lines = found.map(({ one, i }) => [one, one.values[i] + (one.heads[i] === head ? "" : ` at ${one.heads[i]}`)]);
    const text = `${title}: ${lines.map(([one, text]) => `${one.name} ${text}`).join(", ")}`;
    setAll(this.slider, { "aria-valuenow": this.place, "aria-valuetext": text });
    this.tip.replaceChildren();
    htmlElement(this.tip, "strong", {}, title);
    for (const [one, text] of lines) {
      const line = htmlElement(this.tip, "div");
      htmlElement(line, "span", { class: one.colour }, one.name);
      line.append(` ${text}`);
    }
    this.mark(found);
  }

  // Rings around the points, the hair through them, and the tip beside it.
  mark(found) {
    this.rings.replaceChildren();
    for (const { one, i } of found) svgElement(this.rings, "circle", { class: one.colour, cx: one.x[i], cy: one.y[i], r: 4.5 });
    const x = this.upright ? found[0].one.x[found[0].i] : this.stops[this.place];
    const y = found.reduce((sum, { one, i }) => sum + one.y[i], 0) / found.length;
    setAll(this.hair, this.upright ? { x1: this.left, x2: this.right, y1: y, y2: y } : { x1: x, x2: x, y1: this.top, y2: this.bottom });
    const { tip, plot } = this;
    const [at, room] = [(x * plot.clientWidth) / this.width, plot.clientWidth - tip.offsetWidth];
    tip.style.left = `${at + APART <= room ? at + APART : Math.max(0, at - APART - tip.offsetWidth)}px`;
    tip.style.top = this.upright ? `${(100 * y) / this.height}%` : "1.5rem";
  }

  point({ clientX, clientY }) {
    const box = this.svg.getBoundingClientRect();
    const at = this.upright ? ((clientY - box.top) * this.height) / box.height : ((clientX - box.left) * this.width) / box.width;
    this.stops.forEach((stop, i) => {
      if (Math.abs(stop - at) < Math.abs(this.stops[this.place] - at)) this.place = i;
    });
    this.show();
    this.say();
  }

  toggle(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    this.svg.querySelector(`.series[data-series="${button.dataset.series}"]`).toggleAttribute("hidden", !on);
    this.show(false);
    this.findStops();
  }
}

function startChart(figure) {
  const plot = figure.querySelector(".plot");
  const svg = plot.querySelector("svg.chart");
  const series = Array.from(svg.querySelectorAll(".series"), readSeries).filter((one) => one.x.length);
  if (series.length) new Chart(figure, plot, svg, series);
}

document.querySelectorAll("figure.charted").forEach(startChart);
