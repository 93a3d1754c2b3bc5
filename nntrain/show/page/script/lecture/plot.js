// A chart that sliders move: axes once, then lines and marks that can be set again.

const PLOT = { width: 420, height: 260, left: 54, right: 406, top: 26, bottom: 218 };

// x and y are {low, high, ticks: [value…] or [[value, text]…], label, log}.
function makePlot(parent, { title, x, y }) {
  const svg = svgElement(parent, "svg", { class: "plot-live", viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role: "img", "aria-label": title });
  const across = placeOnAxis(x, PLOT.left, PLOT.right);
  const up = placeOnAxis(y, PLOT.bottom, PLOT.top);
  const words = (text, at, kind = "") => (svgElement(svg, "text", { class: kind, ...at }).textContent = text);
  for (const [value, text] of ticksOf(x)) {
    svgElement(svg, "line", { class: "grid", x1: across(value), x2: across(value), y1: PLOT.top, y2: PLOT.bottom });
    words(text, { x: across(value), y: PLOT.bottom + 16, "text-anchor": "middle" });
  }
  for (const [value, text] of ticksOf(y)) {
    svgElement(svg, "line", { class: "grid", x1: PLOT.left, x2: PLOT.right, y1: up(value), y2: up(value) });
    words(text, { x: PLOT.left - 7, y: up(value) + 4, "text-anchor": "end" });
  }
  svgElement(svg, "line", { class: "axis", x1: PLOT.left, x2: PLOT.right, y1: PLOT.bottom, y2: PLOT.bottom });
  words(x.label, { x: (PLOT.left + PLOT.right) / 2, y: PLOT.bottom + 36, "text-anchor": "middle" });
  words(y.label, { x: 4, y: 12 });
  const place = ([a, b]) => `${across(a).toFixed(2)} ${up(b).toFixed(2)}`;
  return {
    svg,
    // Returns a function that sets the line's points.
    line(colour, dashes = "") {
      const path = svgElement(svg, "path", { class: `line ${colour}`, "stroke-dasharray": dashes });
      return (points) => path.setAttribute("d", points.length ? `M${points.map(place).join("L")}` : "");
    },
    // Returns a function that moves a point; "hollow" is a point that only marks a place.
    point(colour, kind = "dot") {
      const circle = svgElement(svg, "circle", { class: `${kind} ${colour}`, r: 6 });
      return (a, b) => setAll(circle, { cx: across(a), cy: up(b) });
    },
    upright() {
      const line = svgElement(svg, "line", { class: "guide", y1: PLOT.top, y2: PLOT.bottom });
      return (a) => setAll(line, { x1: across(a), x2: across(a) });
    },
    name(text, [a, b], { colour = "", dx = 8, dy = -8, anchor = "start" } = {}) {
      words(text, { x: across(a) + dx, y: up(b) + dy, "text-anchor": anchor }, `named ${colour}`);
    },
  };
}

const ticksOf = (axis) => axis.ticks.map((tick) => (Array.isArray(tick) ? tick : [tick, inLanguage(String(tick))]));

function placeOnAxis({ low, high, log }, from, to) {
  const scaled = log ? Math.log : (value) => value;
  const [start, end] = [scaled(low), scaled(high)];
  return (value) => from + ((to - from) * (scaled(Math.min(high, Math.max(low, value))) - start)) / (end - start);
}

const range = (from, to, steps) => Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);

// A key above a chart: [colour, name], and the dashes of a line.
function makeKey(parent, entries) {
  const key = htmlElement(parent, "p", { class: "key" });
  for (const [colour, name, dashes] of entries) {
    const entry = htmlElement(key, "span", { class: "entry" });
    if (dashes === undefined) htmlElement(htmlElement(entry, "span", { class: colour }), "i");
    else {
      const sample = svgElement(entry, "svg", { class: `sample ${colour}`, viewBox: "0 0 28 12", "aria-hidden": "true" });
      svgElement(sample, "path", { class: "line", d: "M1 6H27", "stroke-dasharray": dashes });
    }
    entry.append(name);
  }
}

const LAYER_COLOURS = {
  "softmax+log-likelihood": "series-1",
  "sigmoid+cross-entropy": "series-3",
  "sigmoid+quadratic": "series-2",
  "softmax+quadratic": "series-4",
};
const DASHES_OF = { "series-1": "", "series-3": "7 3", "series-2": "7 3 2 3", "series-4": "2 2.5" };
