// The slider: c changes the bars of a digit, the confidence histogram, and the ECE.

// How far the largest ln a lies above each of the others, at the trained c, and which answers are right.
async function readGaps(stored, others) {
  const bytes = await inflated(stored.gaps);
  const half = bytes.length / 2;
  const gaps = Float32Array.from({ length: half }, (_, i) => stored.largest * ((256 * bytes[i] + bytes[half + i]) / 65535) ** 2);
  const bits = bytesOf(stored.right);
  return { gaps, others, right: Array.from({ length: stored.n }, (_, i) => (bits[i >> 3] >> (7 - (i & 7))) & 1) };
}

async function makeTemperature(data, held) {
  const stored = data.temperature;
  const known = await readGaps(stored, data.classes.length - 1);
  const slider = document.getElementById("c");
  const showBars = barsOf(document.getElementById("c-bars"), data.classes);
  const drawHistogram = makeHistogram(document.getElementById("c-histogram"), stored.histogramBins, stored.n);
  let digit = 0;

  // ln a at the trained c is c z minus a constant, so a new c scales it by c / (trained c).
  function move() {
    const times = Math.exp(Number(slider.value));
    const c = data.c * times;
    const text = c < 0.1 ? c.toPrecision(2) : c.toFixed(2);
    document.getElementById("c-value").textContent = text;
    slider.setAttribute("aria-valuetext", `c = ${text}`);
    const { right, wrong, ece, mean, accuracy } = confidences(known, times, stored);
    drawHistogram(right, wrong);
    tellCalibration(ece, mean, accuracy);
    bars(times);
  }

  function bars(times) {
    const outputs = softmax(held.logsOf(digit), times);
    const [first] = topTwo(outputs);
    showBars(outputs, (j) => (j === held.labels[digit] ? "true" : j === first ? "predicted" : ""));
  }

  function show(i) {
    digit = i;
    paintPixels(document.getElementById("c-digit"), held.pixels(i), data.shape);
    document.getElementById("c-digit-words").textContent = held.inWords(i);
    bars(Math.exp(Number(slider.value)));
  }

  function set(c) {
    slider.value = Math.log(c / data.c);
    move();
  }

  slider.addEventListener("input", move);
  document.getElementById("c-trained").addEventListener("click", () => set(data.c));
  document.getElementById("c-fitted")?.addEventListener("click", () => set(stored.fitted));
  move();
  return { show };
}

function tellCalibration(ece, mean, accuracy) {
  const words = document.getElementById("c-ece");
  words.dataset.ece = ece;
  words.textContent =
    `ECE ${(100 * ece).toFixed(2)} points: mean confidence ${(100 * mean).toFixed(2)} %, ` +
    `accuracy ${(100 * accuracy).toFixed(2)} % for every c.`;
}

// Bins are [low, high), the last closed, with edges i / bins.
function binOf(value, bins) {
  let bin = Math.min(bins - 1, Math.floor(value * bins));
  while (bin > 0 && value < bin / bins) bin--;
  while (bin < bins - 1 && value >= (bin + 1) / bins) bin++;
  return bin;
}

// The largest output is 1 / Σ exp(−times gap), with a gap of 0 for itself.
function confidences({ gaps, others, right: hits }, times, { histogramBins, eceBins, n }) {
  const [right, wrong] = [new Array(histogramBins).fill(0), new Array(histogramBins).fill(0)];
  const errors = new Float64Array(eceBins);
  let [sum, correct] = [0, 0];
  for (let i = 0; i < n; i++) {
    let all = 1;
    for (let k = 0; k < others; k++) all += Math.exp(-times * gaps[k * n + i]);
    const confidence = 1 / all;
    (hits[i] ? right : wrong)[binOf(confidence, histogramBins)]++;
    errors[binOf(confidence, eceBins)] += hits[i] - confidence;
    sum += confidence;
    correct += hits[i];
  }
  const ece = errors.reduce((all, error) => all + Math.abs(error), 0) / n;
  return { right, wrong, ece, mean: sum / n, accuracy: correct / n };
}

// Bars go up for right answers and down for wrong ones; heights are log(1 + count).
function makeHistogram(svg, bins, examples) {
  const [left, width, middle, height] = [6, 408, 130, 105];
  const [ups, downs] = ["right", "wrong"].map((kind) =>
    Array.from({ length: bins }, (_, b) =>
      svgElement(svg, "rect", { class: kind, x: left + (b * width) / bins + 0.5, width: width / bins - 1, y: middle, height: 0 }),
    ),
  );
  svgElement(svg, "line", { x1: left, x2: left + width, y1: middle, y2: middle });
  const words = [
    ["right: upwards from 0, as ln(1 + count)", left, 20, "start"],
    ["wrong: downwards from 0", left, 244, "start"],
    ["confidence 1", left + width, 244, "end"],
  ];
  for (const [text, x, y, anchor] of words) svgElement(svg, "text", { x, y, "text-anchor": anchor }).textContent = text;
  return (right, wrong) => {
    const tall = (count) => (height * Math.log1p(count)) / Math.log1p(examples); // the same for every c
    ups.forEach((bar, b) => setAll(bar, { y: middle - tall(right[b]), height: tall(right[b]) }));
    downs.forEach((bar, b) => setAll(bar, { height: tall(wrong[b]) }));
  };
}
