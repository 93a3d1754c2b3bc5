// A line chart that is drawn again and again while something runs, one unit a CSS pixel.
// Axes are {low, high, ticks: [[value, text]], log}; lines are {name, colour, points: [[x, y]]},
// where colour is the number of a series in the style sheet, from 1.

const CURVE_MARGINS = { left: 52, top: 12, bottom: 26 };
const CURVE_DASHES = ["", "", "7 3", "7 3 2 3", "2 2.5"];
const ROW = 15; // between the names at the ends of lines
const LETTER = 7;

// Decades from low to high, at least one apart.
function decades(low, high, text) {
  const ticks = [];
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const apart = Math.max(1, Math.ceil((last - first) / 4));
  for (let power = last; power >= first; power -= apart) ticks.push([10 ** power, text(10 ** power)]);
  return ticks;
}

function placeOn(axis, from, to) {
  const scaled = axis.log ? Math.log : (value) => value;
  const [low, high] = [scaled(axis.low), scaled(axis.high)];
  return (value) => from + ((to - from) * (scaled(Math.min(axis.high, Math.max(axis.low, value))) - low)) / (high - low);
}

// Names at the ends of lines, moved apart so that none covers another.
function drawEnds(svg, ends, bottom) {
  const sorted = ends.sort((a, b) => a.y - b.y);
  let last = -Infinity;
  for (const end of sorted) last = end.at = Math.max(end.y, last + ROW);
  let limit = bottom;
  for (const end of sorted.reverse()) {
    end.at = Math.min(end.at, limit);
    limit = end.at - ROW;
    svgElement(svg, "text", { class: `series-${end.colour} end`, x: end.x + 9, y: end.at + 4 }).textContent = end.title;
  }
}

function drawCurves(svg, { x, y, lines, guide = null, named = true }) {
  const [width, height] = [svg.clientWidth || 600, svg.clientHeight || 200];
  const { left, top, bottom } = CURVE_MARGINS;
  const names = named ? Math.max(...lines.map(({ title }) => title.length)) * LETTER + 14 : 10;
  const [right, below] = [width - Math.min(names, width / 3), height - bottom];
  const [across, up] = [placeOn(x, left, right), placeOn(y, below, top)];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  for (const [value, text] of y.ticks) {
    svgElement(svg, "path", { class: "grid", d: `M${left} ${up(value)}H${right}` });
    svgElement(svg, "text", { class: "tick", x: left - 8, y: up(value) + 4, "text-anchor": "end" }).textContent = text;
  }
  for (const [value, text] of x.ticks) {
    const at = across(value);
    const place = at > width - 24 ? { x: width, "text-anchor": "end" } : { x: at, "text-anchor": "middle" };
    svgElement(svg, "text", { class: "tick", y: height - 6, ...place }).textContent = text;
  }
  if (guide !== null) svgElement(svg, "path", { class: "guide", d: `M${left} ${up(guide)}H${right}` });
  const ends = [];
  for (const { title, colour, points } of lines) {
    const finite = points.filter(([, value]) => Number.isFinite(value));
    if (!finite.length) continue;
    const places = finite.map(([at, value]) => [across(at), up(value)]);
    const group = svgElement(svg, "g", { class: `series-${colour}` });
    const path = places.map(([at, value]) => `${at.toFixed(1)} ${value.toFixed(1)}`).join("L");
    svgElement(group, "path", { class: "line", d: `M${path}`, "stroke-dasharray": CURVE_DASHES[colour] });
    const [endX, endY] = places.at(-1);
    svgElement(group, "circle", { class: "mark", cx: endX, cy: endY, r: 3.5 });
    if (named) ends.push({ title, colour, x: endX, y: endY });
  }
  drawEnds(svg, ends, below);
}
