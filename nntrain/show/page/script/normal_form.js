// A drawing -> the image that MNIST would have made of it: the same procedure, step by step, as
// nntrain/images/normal_form.py. Ink is 0 to 255 in a Float64Array of rows * columns.

const THINNEST = 1.65; // least width of a line, in normalised pixels
const FULL = 250; // ink at least this dark counts as full

// Python's round: halves go to the even neighbour.
function round(x) {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

function picture(rows, columns, pixels) {
  return { rows, columns, pixels: pixels || new Float64Array(rows * columns) };
}

// Returns the image (bytes) of shape [rows, columns], or null where nothing is drawn.
function normalForm(drawing, shape) {
  const side = Math.max(1, round((20 / 28) * Math.min(...shape)));
  if (!bounds(drawing, (v) => v >= 127.5)) return null;
  let ink = sharpened(drawing, side);
  ink = widened(cropped(ink, bounds(ink, (v) => v > 0)), side);
  const scale = side / Math.max(ink.rows, ink.columns);
  const small = resized(ink, Math.max(1, round(scale * ink.rows)), Math.max(1, round(scale * ink.columns)));
  return placed(atFullStrength(small), shape);
}

// Returns the whole drawing scaled to the shape, for networks whose images have no box.
function wholeForm(drawing, [rows, columns]) {
  if (!bounds(drawing, (v) => v >= 127.5)) return null;
  return Uint8Array.from(resized(drawing, rows, columns).pixels, round);
}

function bounds({ rows, columns, pixels }, inked) {
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (!inked(pixels[y * columns + x])) continue;
      top = Math.min(top, y);
      bottom = y;
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  return bottom < 0 ? null : { top, bottom: bottom + 1, left, right: right + 1 };
}

function cropped(from, { top, bottom, left, right }) {
  const to = picture(bottom - top, right - left);
  for (let y = top; y < bottom; y++) {
    to.pixels.set(from.pixels.subarray(y * from.columns + left, y * from.columns + right), (y - top) * to.columns);
  }
  return to;
}

// Raises contrast around half the full ink by the scale of the digit.
function sharpened(ink, side) {
  const box = bounds(ink, (v) => v >= 127.5);
  const scale = Math.max(box.bottom - box.top, box.right - box.left) / side;
  if (scale <= 1) return ink;
  const clip = (v) => Math.min(255, Math.max(0, 255 * (0.5 + scale * (v / 255 - 0.5))));
  return picture(ink.rows, ink.columns, ink.pixels.map(clip));
}

// Widens a line thinner than any in MNIST: a cross, then a square, so that it stays round.
function widened(ink, side) {
  const scale = Math.max(ink.rows, ink.columns) / side;
  const rounds = round(((THINNEST - lineWidth(ink) / scale) * scale) / 2);
  if (rounds <= 0) return ink;
  let wide = padded(ink, rounds);
  for (let number = 0; number < rounds; number++) {
    const before = padded(wide, 1);
    const at = (y, x) => before.pixels[(y + 1) * before.columns + x + 1];
    for (let y = 0; y < wide.rows; y++) {
      for (let x = 0; x < wide.columns; x++) {
        let most = Math.max(at(y, x), at(y - 1, x), at(y + 1, x), at(y, x - 1), at(y, x + 1));
        if (number % 2) most = Math.max(most, at(y - 1, x - 1), at(y - 1, x + 1), at(y + 1, x - 1), at(y + 1, x + 1));
        wide.pixels[y * wide.columns + x] = most;
      }
    }
  }
  return wide;
}

function padded(from, margin) {
  const to = picture(from.rows + 2 * margin, from.columns + 2 * margin);
  for (let y = 0; y < from.rows; y++) {
    to.pixels.set(from.pixels.subarray(y * from.columns, (y + 1) * from.columns), (y + margin) * to.columns + margin);
  }
  return to;
}

// 2 area / perimeter, which for a long line is its width; pi/4 edges are the perimeter.
function lineWidth(ink) {
  const framed = padded(ink, 1);
  const inked = framed.pixels.map((v) => (v >= 127.5 ? 1 : 0));
  let [area, edges] = [0, 0];
  for (let i = 0; i < inked.length; i++) {
    area += inked[i];
    if ((i + 1) % framed.columns && inked[i] !== inked[i + 1]) edges++;
    if (i + framed.columns < inked.length && inked[i] !== inked[i + framed.columns]) edges++;
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
  const dark = Array.from(ink.pixels).filter((v) => v >= most / 2).sort((a, b) => a - b);
  const position = 0.9 * (dark.length - 1);
  const low = dark[Math.floor(position)];
  const level = low + (position % 1) * (dark[Math.ceil(position)] - low);
  const factor = Math.max(1, FULL / level);
  return picture(ink.rows, ink.columns, ink.pixels.map((v) => round(Math.min(255, v * factor))));
}

// Moves the digit by whole pixels, its centre of mass to the middle.
function placed(digit, [rows, columns]) {
  const image = new Uint8Array(rows * columns);
  let [sum, down, across] = [0, 0, 0];
  digit.pixels.forEach((v, i) => {
    sum += v;
    down += v * Math.floor(i / digit.columns);
    across += v * (i % digit.columns);
  });
  const start = (size, length, centre) => Math.min(Math.max(Math.ceil((size - 1) / 2 - centre), 0), size - length);
  const top = start(rows, digit.rows, down / sum);
  const left = start(columns, digit.columns, across / sum);
  digit.pixels.forEach((v, i) => {
    image[(top + Math.floor(i / digit.columns)) * columns + left + (i % digit.columns)] = v;
  });
  return image;
}
