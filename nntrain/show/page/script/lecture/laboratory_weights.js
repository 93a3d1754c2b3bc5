// The weights into the hidden neurons as pictures.

const SCALES = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]; // of |W|

// The 97th percentile of |W| of a sample, raised to the next of the scales.
function scaleOf(values) {
  const sample = values.filter((w, i) => i % 11 === 0 && Number.isFinite(w)).map(Math.abs).sort();
  const most = sample[Math.floor(0.97 * (sample.length - 1))] ?? 0;
  return SCALES.find((scale) => scale >= most) ?? SCALES.at(-1);
}

// Draws the weights W1[q * hidden + j] into each hidden neuron j as a picture of the pixels q.
function paintWeights(canvas, W1, hidden, [rows, columns], scale, colours) {
  const across = Math.ceil(Math.sqrt(hidden * 1.2));
  const [width, height] = [across * (columns + 1) - 1, Math.ceil(hidden / across) * (rows + 1) - 1];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let j = 0; j < hidden; j++) {
    const corner = Math.floor(j / across) * (rows + 1) * width + (j % across) * (columns + 1);
    for (let q = 0; q < rows * columns; q++) {
      const share = Math.max(-1, Math.min(1, W1[q * hidden + j] / scale || 0)); // 0 for NaN
      const [to, from] = [4 * (corner + Math.floor(q / columns) * width + (q % columns)), 3 * Math.round(127 + 127 * share)];
      image.data[to] = colours[from];
      image.data[to + 1] = colours[from + 1];
      image.data[to + 2] = colours[from + 2];
      image.data[to + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
