// A drawing -> an image normalised like MNIST, by the same steps as nntrain/images/normal_form.py.
// Ink is 0 to 255 in a Float64Array of rows * columns. The background is known to be 0, so only the
// steps that look for the background and for printed lines are left out.

const THINNEST = 1.65; // minimum line width, in normalised pixels
const FULL = 250; // ink at least this dark counts as full
const FAINTEST = 16; // a drawing with fainter ink is blank
const BINS = 256;
const CROSS = [[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1]]; // (rows, columns) away
const SQUARE = [...CROSS, [-1, -1], [-1, 1], [1, -1], [1, 1]];

// Python's round: halves go to the even neighbour.
function round(x) {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

function picture(rows, columns, pixels) {
  return { rows, columns, pixels: pixels || new Float64Array(rows * columns) };
}

// Returns the image (bytes) of shape [rows, columns], or null if nothing is drawn.
function normalForm(drawing, shape) {
  const side = Math.max(1, round((20 / 28) * Math.min(...shape)));
  let ink = fullInk(drawing);
  if (!ink) return null;
  ink = cropped(withoutSpecks(sharpened(cropped(ink), side), side));
  ink = widened(ink, side);
  const scale = side / Math.max(ink.rows, ink.columns);
  const small = resized(ink, Math.max(1, round(scale * ink.rows)), Math.max(1, round(scale * ink.columns)));
  return placed(atFullStrength(small), shape);
}

// Returns the whole drawing scaled to the shape, for networks whose images have no box.
function wholeForm(drawing, [rows, columns]) {
  if (!bounds(drawing, (v) => v >= 127.5)) return null;
  return Uint8Array.from(resized(drawing, rows, columns).pixels, round);
}

// The box around what is inked, or null.
function bounds({ rows, columns, pixels }, inked) {
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i++) {
      if (!inked(pixels[i])) continue;
      if (top > y) top = y;
      bottom = y;
      if (x < left) left = x;
      if (x > right) right = x;
    }
  }
  return bottom < 0 ? null : { top, left, rows: bottom + 1 - top, columns: right + 1 - left };
}

// Returns the part of a picture in a box; there is no ink outside the picture.
function part(from, { top, left, rows, columns }) {
  const to = picture(rows, columns);
  const [first, end] = [Math.max(0, -left), Math.min(columns, from.columns - left)];
  for (let y = Math.max(0, -top); y < Math.min(rows, from.rows - top) && first < end; y++) {
    const start = (top + y) * from.columns + left;
    to.pixels.set(from.pixels.subarray(start + first, start + end), y * columns + first);
  }
  return to;
}

// Returns the part in the box around the ink.
function cropped(ink) {
  return part(ink, bounds(ink, (v) => v > 0));
}

function padded(from, margin) {
  const [rows, columns] = [from.rows + 2 * margin, from.columns + 2 * margin];
  return part(from, { top: -margin, left: -margin, rows, columns });
}

// Returns the drawing with its strongest ink full, or null where it is blank.
function fullInk({ rows, columns, pixels }) {
  const level = strongLevel(pixels);
  if (!(level >= FAINTEST)) return null;
  const factor = Math.max(1, FULL / level);
  return picture(rows, columns, pixels.map((v) => (v > 0.5 ? Math.min(255, v * factor) : 0)));
}

// The strength that a tenth of the ink above Otsu's threshold exceeds; NaN if all pixels are alike.
function strongLevel(pixels) {
  let [low, high] = [Infinity, 0];
  for (const v of pixels) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const width = (high - low) / BINS;
  const counts = new Float64Array(BINS);
  for (const v of pixels) counts[Math.min(BINS - 1, Math.floor((v - low) / width))]++;
  const middle = (bin) => low + (bin + 0.5) * width;
  const total = counts.reduce((sum, count, bin) => sum + count * middle(bin), 0);
  let [below, mass, best, threshold] = [0, 0, -1, NaN];
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += counts[bin];
    mass += counts[bin] * middle(bin);
    const apart = Math.max(1, below * (pixels.length - below));
    const between = (total * below - pixels.length * mass) ** 2 / apart;
    if (between > best) [best, threshold] = [between, middle(bin)];
  }
  return ninetieth(pixels.filter((v) => v > threshold));
}

// The 90th percentile, between the two nearest values in proportion.
function ninetieth(values) {
  const sorted = Float64Array.from(values).sort();
  const position = 0.9 * (sorted.length - 1);
  const low = sorted[Math.floor(position)];
  return low + (position % 1) * (sorted[Math.ceil(position)] - low);
}

// Removes connected ink that is smaller than a pixel once the largest has the size of the box.
function withoutSpecks(ink, side) {
  const parts = components(ink);
  const least = parts.reduce((most, part) => Math.max(most, part.side), 0) / side;
  const kept = picture(ink.rows, ink.columns);
  for (const part of parts) {
    if (part.side >= least) for (const i of part.pixels) kept.pixels[i] = ink.pixels[i];
  }
  return kept;
}

// Returns the pixels of each 8-connected component, and the longer side of the box around it.
function components(ink) {
  const { columns, pixels } = padded(ink, 1); // the margin stops the search
  const steps = SQUARE.map(([down, across]) => down * columns + across);
  const unseen = new Uint8Array(pixels.map((v) => (v > 0 ? 1 : 0)));
  const parts = [];
  for (let start = unseen.indexOf(1); start >= 0; start = unseen.indexOf(1, start)) {
    unseen[start] = 0;
    const found = [start];
    let [left, right] = [columns, 0];
    let [first, last] = [start, start];
    for (const i of found) { // grows during the loop
      const column = i % columns;
      if (column < left) left = column;
      if (column > right) right = column;
      if (i < first) first = i;
      if (i > last) last = i;
      for (const step of steps) {
        if (!unseen[i + step]) continue;
        unseen[i + step] = 0;
        found.push(i + step);
      }
    }
    const row = (i) => Math.floor(i / columns);
    const places = found.map((i) => (row(i) - 1) * ink.columns + (i % columns) - 1);
    parts.push({ pixels: places, side: Math.max(row(last) - row(first), right - left) + 1 });
  }
  return parts;
}

// Raises contrast around half the full ink by the scale of the digit.
function sharpened(ink, side) {
  const box = bounds(ink, (v) => v >= 127.5);
  const scale = Math.max(box.rows, box.columns) / side;
  if (scale <= 1) return ink;
  const clip = (v) => Math.min(255, Math.max(0, 255 * (0.5 + scale * (v / 255 - 0.5))));
  return picture(ink.rows, ink.columns, ink.pixels.map(clip));
}

// Widens a line thinner than any in MNIST, by a cross and a square in turn to keep it round.
function widened(ink, side) {
  const scale = Math.max(ink.rows, ink.columns) / side;
  const rounds = round(((THINNEST - lineWidth(ink) / scale) * scale) / 2);
  if (rounds <= 0) return ink;
  let wide = padded(ink, rounds);
  for (let number = 0; number < rounds; number++) {
    const before = padded(wide, 1);
    const around = (number % 2 ? SQUARE : CROSS).map(([y, x]) => y * before.columns + x);
    wide.pixels.forEach((_, i) => {
      const middle = (Math.floor(i / wide.columns) + 1) * before.columns + (i % wide.columns) + 1;
      for (const away of around) wide.pixels[i] = Math.max(wide.pixels[i], before.pixels[middle + away]);
    });
  }
  return wide;
}

// 2 area / perimeter, the width of a long line; the perimeter is about pi/4 edges.
function lineWidth(ink) {
  const { columns, pixels } = padded(ink, 1); // the margin ends each row, so the next may follow
  let [area, edges] = [0, 0];
  for (let i = 0; i + columns < pixels.length; i++) {
    const inked = pixels[i] >= 127.5;
    if (inked) area++;
    if (inked !== pixels[i + 1] >= 127.5) edges++;
    if (inked !== pixels[i + columns] >= 127.5) edges++;
  }
  return (2 * area) / Math.max(1, (Math.PI / 4) * edges);
}

// Each new pixel is the mean of the area it covers.
function resized(from, rows, columns) {
  const down = areas(from.rows, rows);
  const across = areas(from.columns, columns);
  const to = picture(rows, columns);
  down.forEach((vertical, y) => {
    across.forEach((horizontal, x) => {
      let sum = 0;
      for (const [v, share] of vertical) {
        for (const [h, part] of horizontal) sum += share * part * from.pixels[v * from.columns + h];
      }
      to.pixels[y * columns + x] = sum;
    });
  });
  return to;
}

// For each new pixel the old ones it covers, with the share of its length.
function areas(old, now) {
  return Array.from({ length: now }, (_, i) => {
    const [low, high] = [(i * old) / now, ((i + 1) * old) / now];
    const covered = [];
    for (let pixel = Math.floor(low); pixel < Math.min(old, Math.ceil(high)); pixel++) {
      const overlap = Math.min(pixel + 1, high) - Math.max(pixel, low);
      if (overlap > 0) covered.push([pixel, (overlap * now) / old]);
    }
    return covered;
  });
}

function atFullStrength(ink) {
  const most = ink.pixels.reduce((a, b) => Math.max(a, b), 0);
  const factor = Math.max(1, FULL / ninetieth(ink.pixels.filter((v) => v >= most / 2)));
  return picture(ink.rows, ink.columns, ink.pixels.map((v) => round(Math.min(255, v * factor))));
}

// Moves the digit by whole pixels, so that its centre of mass is in the middle.
function placed(digit, [rows, columns]) {
  let [sum, down, across] = [0, 0, 0];
  digit.pixels.forEach((v, i) => {
    sum += v;
    down += v * Math.floor(i / digit.columns);
    across += v * (i % digit.columns);
  });
  const start = (size, length, centre) => Math.min(Math.max(Math.ceil((size - 1) / 2 - centre), 0), size - length);
  const [top, left] = [-start(rows, digit.rows, down / sum), -start(columns, digit.columns, across / sum)];
  return Uint8Array.from(part(digit, { top, left, rows, columns }).pixels);
}
