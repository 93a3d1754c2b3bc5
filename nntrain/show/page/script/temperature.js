// The slider: c changes the bars of a digit, the confidence histogram, and the ECE.

function startTemperature(data) {
  const slider = document.getElementById("c");
  if (!slider || !data.temperature) return;
  const stored = data.temperature;
  const logs = floatsOf(stored.logs);
  const classes = data.classes.length;
  const showBars = makeBars(document.getElementById("c-bars"), data.classes);
  const drawHistogram = makeHistogram(document.getElementById("c-histogram"), stored.histogramBins, stored.labels.length);
  let digit = 0;

  // ln a at the trained c is c z minus a constant, so a new c scales it by c / (trained c).
  function move() {
    const times = Math.exp(Number(slider.value));
    const c = data.c * times;
    const text = c < 0.1 ? c.toPrecision(2) : c.toFixed(2);
    document.getElementById("c-value").textContent = text;
    slider.setAttribute("aria-valuetext", `c = ${text}`);
    const { right, wrong, ece, mean, accuracy } = confidences(logs, stored.labels, classes, times, stored);
    drawHistogram(right, wrong);
    tellCalibration(ece, mean, accuracy);
    const one = stored.shown[digit];
    const outputs = softmax(floatsOf(one.logs), times);
    const [first] = topTwo(outputs);
    showBars(outputs, (j) => (j === one.label ? "true" : j === first ? "predicted" : ""));
  }

  function choose(step) {
    digit = (digit + step + stored.shown.length) % stored.shown.length;
    const one = stored.shown[digit];
    paintPixels(document.getElementById("c-digit"), bytesOf(one.image), data.shape);
    document.getElementById("c-digit-words").textContent = `example ${one.index}, a ${data.classes[one.label]}`;
    move();
  }

  function set(c) {
    slider.value = Math.log(c / data.c);
    move();
  }

  slider.addEventListener("input", move);
  document.getElementById("c-trained").addEventListener("click", () => set(data.c));
  const fitted = document.getElementById("c-fitted");
  if (fitted) fitted.addEventListener("click", () => set(stored.fitted));
  document.getElementById("c-previous").addEventListener("click", () => choose(-1));
  document.getElementById("c-next").addEventListener("click", () => choose(1));
  choose(0);
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

function confidences(logs, labels, classes, times, { histogramBins, eceBins }) {
  const [right, wrong] = [new Array(histogramBins).fill(0), new Array(histogramBins).fill(0)];
  const gaps = new Float64Array(eceBins);
  let [sum, hits] = [0, 0];
  labels.forEach((label, i) => {
    const row = logs.subarray(i * classes, (i + 1) * classes);
    const confidence = Math.max(...softmax(row, times));
    const correct = row.indexOf(Math.max(...row)) === label; // softmax may tie where logs differ
    (correct ? right : wrong)[binOf(confidence, histogramBins)]++;
    gaps[binOf(confidence, eceBins)] += (correct ? 1 : 0) - confidence;
    sum += confidence;
    hits += correct ? 1 : 0;
  });
  const n = labels.length;
  const ece = gaps.reduce((all, gap) => all + Math.abs(gap), 0) / n;
  return { right, wrong, ece, mean: sum / n, accuracy: hits / n };
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
    ["right answers (count, logarithmic)", left, 20, "start"],
    ["wrong answers (count, logarithmic)", left, 244, "start"],
    ["confidence 1", left + width, 244, "end"],
  ];
  for (const [text, x, y, anchor] of words) svgElement(svg, "text", { x, y, "text-anchor": anchor }).textContent = text;
  return (right, wrong) => {
    const tall = (count) => (height * Math.log1p(count)) / Math.log1p(examples); // the same for every c
    ups.forEach((bar, b) => setAll(bar, { y: middle - tall(right[b]), height: tall(right[b]) }));
    downs.forEach((bar, b) => setAll(bar, { height: tall(wrong[b]) }));
  };
}
