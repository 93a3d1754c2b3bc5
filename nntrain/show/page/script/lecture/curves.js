// Curves that are drawn again and again while something runs, one unit a CSS pixel.

const NARROW = { left: 52, top: 12, bottom: 26 };
const ROW = 15; // between the names at the ends of lines
const LETTER = 7;

// Ticks at decades from low to high, at most five.
function decades(low, high) {
  const ticks = [];
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const apart = Math.max(1, Math.ceil((last - first) / 4));
  for (let exponent = last; exponent >= first; exponent -= apart) ticks.push([10 ** exponent, power(10 ** exponent)]);
  return ticks;
}

// Draws lines {title, colour, points: [[x, y], …]}, a level as a guide, and names at the lines' ends.
function drawCurves(svg, { x, y, lines, guide = null, named = false }) {
  const [width, height] = [svg.clientWidth || 600, svg.clientHeight || 200];
  const longest = Math.max(...lines.map(({ title }) => title.length));
  const right = named ? Math.min(longest * LETTER + 14, width / 3) : 10;
  const plot = new Plot(svg, { x, y }, { ...NARROW, width, height, right });
  if (guide !== null) plot.level(guide);
  const ends = [];
  for (const { title, colour, points } of lines) {
    const last = points.findLast(([, value]) => Number.isFinite(value));
    if (!last) continue;
    plot.line(colour)(points);
    plot.point(colour, "mark", 3.5)(...last);
    ends.push({ title, colour, x: plot.across(last[0]), y: plot.up(last[1]) });
  }
  if (named) drawEnds(plot, ends);
}

// Names at the ends of lines, moved apart so that none covers another.
function drawEnds(plot, ends) {
  const sorted = ends.sort((a, b) => a.y - b.y);
  let lowest = -Infinity;
  for (const end of sorted) lowest = end.at = Math.max(end.y, lowest + ROW);
  let limit = plot.bottom;
  for (const { title, colour, x, at } of sorted.reverse()) {
    const y = Math.min(at, limit);
    limit = y - ROW;
    plot.words(title, { x: x + 9, y: y + 4 }, `${colour} end`);
  }
}
