// Line charts. An axis is {low, high, ticks: [value, …] or [[value, text], …], label, log}; a colour
// is a class of the style sheet: series-1 to series-6, or grey.

// Dashes tell lines apart without colour; the same as in nntrain/show/page/frame.py.
const DASHES = {
  "series-2": "7 3",
  "series-3": "7 3 2 3",
  "series-4": "2 2.5",
  "series-5": "12 3",
  "series-6": "12 3 2 3 2 3",
};
const dashesOf = (colour) => DASHES[colour] ?? "";

const WIDE = { width: 420, height: 260, left: 54, right: 14, top: 26, bottom: 42 };

// Returns the place on an axis of a value; values beyond its ends lie on them.
function placeOn({ low, high, log }, from, to) {
  const scaled = log ? Math.log : (value) => value;
  const [start, end] = [scaled(low), scaled(high)];
  return (value) => from + ((to - from) * (scaled(Math.min(high, Math.max(low, value))) - start)) / (end - start);
}

// Axes in an SVG, which is emptied, and lines and points in them that can be set again.
class Plot {
  constructor(svg, { x, y }, { width, height, left, right, top, bottom }) {
    Object.assign(this, { svg, width, height, left, right: width - right, top, bottom: height - bottom });
    this.across = placeOn(x, this.left, this.right);
    this.up = placeOn(y, this.bottom, this.top);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren();
    this.drawHorizontal(x);
    this.drawVertical(y);
  }

  words(text, place, kind = "tick") {
    svgElement(this.svg, "text", { class: kind, ...place }).textContent = text;
  }

  drawHorizontal({ ticks, label }) {
    for (const [value, text] of withTexts(ticks)) {
      const at = this.across(value);
      const last = at > this.width - 24; // its text must not leave the picture
      svgElement(this.svg, "line", { class: "grid", x1: at, x2: at, y1: this.top, y2: this.bottom });
      this.words(text, { x: last ? this.width : at, y: this.bottom + 18, "text-anchor": last ? "end" : "middle" });
    }
    svgElement(this.svg, "line", { class: "axis", x1: this.left, x2: this.right, y1: this.bottom, y2: this.bottom });
    if (label) this.words(label, { x: (this.left + this.right) / 2, y: this.bottom + 36, "text-anchor": "middle" });
  }

  drawVertical({ ticks, label }) {
    for (const [value, text] of withTexts(ticks)) {
      this.level(value, "grid");
      this.words(text, { x: this.left - 7, y: this.up(value) + 4, "text-anchor": "end" });
    }
    if (label) this.words(label, { x: 4, y: 12 });
  }

  // A horizontal line across the plot.
  level(value, kind = "guide") {
    svgElement(this.svg, "line", { class: kind, x1: this.left, x2: this.right, y1: this.up(value), y2: this.up(value) });
  }

  // Returns a function that moves a vertical line.
  upright() {
    const line = svgElement(this.svg, "line", { class: "guide", y1: this.top, y2: this.bottom });
    return (value) => setAll(line, { x1: this.across(value), x2: this.across(value) });
  }

  // Returns a function that sets the points of a line; those that are not finite are left out.
  line(colour) {
    const path = svgElement(this.svg, "path", { class: `line ${colour}`, "stroke-dasharray": dashesOf(colour) });
    return (points) => {
      const finite = points.filter(([, value]) => Number.isFinite(value));
      const places = finite.map(([at, value]) => `${this.across(at).toFixed(1)} ${this.up(value).toFixed(1)}`);
      path.setAttribute("d", places.length ? `M${places.join("L")}` : "");
    };
  }

  // Returns a function that moves a point; "hollow" is a point that only marks a place.
  point(colour, kind = "dot", r = 6) {
    const circle = svgElement(this.svg, "circle", { class: `${kind} ${colour}`, r });
    return (a, b) => setAll(circle, { cx: this.across(a), cy: this.up(b) });
  }

  name(text, [a, b], { dx = 8, dy = -8, anchor = "start" } = {}) {
    this.words(text, { x: this.across(a) + dx, y: this.up(b) + dy, "text-anchor": anchor }, "named");
  }
}

const withTexts = (ticks) => ticks.map((tick) => (Array.isArray(tick) ? tick : [tick, inLanguage(String(tick))]));

// A chart that sliders move.
function makePlot(parent, { title, ...axes }) {
  return new Plot(svgElement(parent, "svg", { class: "plot-live", role: "img", "aria-label": title }), axes, WIDE);
}

const range = (from, to, steps) => Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);

// A key above a chart: squares, or samples of lines, of [colour, name].
function makeKey(parent, entries, lines = false) {
  const key = htmlElement(parent, "p", { class: "key" });
  for (const [colour, name] of entries) {
    const entry = htmlElement(key, "span", { class: "entry" });
    if (lines) {
      const sample = svgElement(entry, "svg", { class: `sample ${colour}`, viewBox: "0 0 28 12", "aria-hidden": "true" });
      svgElement(sample, "path", { class: "line", d: "M1 6H27", "stroke-dasharray": dashesOf(colour) });
    } else htmlElement(htmlElement(entry, "span", { class: colour }), "i");
    entry.append(name);
  }
}
