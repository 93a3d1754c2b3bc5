// The run's pad: a drawing -> the network's answer as you draw.

function startPad(data) {
  const canvas = document.getElementById("drawing");
  if (!canvas || !data.network) return;
  const network = readNetwork(data.network, data.output, data.c);
  const show = makeBars(document.getElementById("pad-bars"), data.classes);
  const words = document.getElementById("pad-answer");
  const seen = document.getElementById("seen");

  function nothing() {
    words.textContent = "Draw a digit.";
    paintPixels(seen, new Uint8Array(data.shape[0] * data.shape[1]), data.shape);
    show(null);
  }

  function answer(pixels) {
    const outputs = forward(network, pixels);
    const [first, second] = topTwo(outputs);
    paintPixels(seen, pixels, data.shape);
    show(outputs, (j) => (j === first ? "first" : ""));
    words.replaceChildren();
    htmlElement(words, "b", {}, data.classes[first]);
    words.append(` with ${outputs[first].toFixed(3)}; the runner-up is ${data.classes[second]} with ${outputs[second].toFixed(3)}.`);
    words.dataset.predicted = data.classes[first];
  }

  const drawing = new DrawingPad(canvas, (drawn) => {
    const pixels = drawn && (data.network.boxed ? normalForm : wholeForm)(drawn, data.shape);
    if (pixels) answer(pixels);
    else nothing();
  });
  document.getElementById("clear").addEventListener("click", () => drawing.clear());

  let next = 0;
  document.getElementById("example").addEventListener("click", () => {
    const images = bytesOf(data.network.images);
    const size = data.shape[0] * data.shape[1];
    const pixels = images.subarray(next * size, (next + 1) * size);
    drawing.put(pixels, data.shape);
    answer(pixels); // without normalising: it is normalised already
    next = (next + 1) % data.network.labels.length;
  });

  tellDifference(largestDifference(network, data.network), data.network.labels.length);
  nothing();
}

function tellDifference(difference, examples) {
  const check = document.getElementById("check");
  check.dataset.difference = difference;
  check.textContent =
    `Checked when this page was opened: on ${examples} examples its outputs ` +
    `differ from nntrain's by at most ${difference.toExponential(1)}.`;
}
