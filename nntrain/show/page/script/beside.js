// One pad that asks the networks of several runs.

async function startBeside(data) {
  const images = await inflated(data.images);
  const size = data.shape[0] * data.shape[1];
  const pixelsOf = (i) => images.subarray(i * size, (i + 1) * size);
  const networks = await Promise.all(data.runs.map((one) => readNetwork(one.network, one.output, one.c)));
  const voices = data.runs.map(({ classes }, k) => ({
    classes,
    network: networks[k],
    words: document.getElementById(`pad-answer-${k}`),
    show: barsOf(document.getElementById(`pad-bars-${k}`), classes),
  }));
  const about = document.getElementById("pad-about");
  const seen = document.getElementById("seen");
  const canvas = document.getElementById("drawing");
  const buttons = Array.from(document.querySelectorAll("[data-example]"));
  let place = -1;

  function answer(pixels, i) {
    const label = i < 0 ? null : data.named[data.labels[i]];
    paintPixels(seen, pixels, data.shape);
    for (const { classes, network, words, show } of voices) {
      const outputs = forward(network, pixels);
      const [first, second] = topTwo(outputs);
      words.replaceChildren();
      htmlElement(words, "b", {}, classes[first]);
      words.append(outputs[second] >= PERHAPS ? `, or perhaps ${classes[second]}` : "");
      words.dataset.predicted = classes[first];
      const wrong = label !== null && classes[first] !== label;
      show(outputs, (j) => (wrong && classes[j] === label ? "true" : j === first ? (wrong ? "predicted" : "first") : ""));
    }
    about.textContent = i < 0 ? "" : `${capital(data.noun)} #${data.index[i]} is labelled ${label}.`;
    for (const button of buttons) button.setAttribute("aria-pressed", i >= 0 && Number(button.dataset.example) === data.index[i]);
  }

  function nothing() {
    about.textContent = `Draw ${withArticle(data.noun)}.`;
    paintPixels(seen, new Uint8Array(size), data.shape);
    for (const { words, show } of voices) {
      words.textContent = "–";
      delete words.dataset.predicted;
      show(null);
    }
    for (const button of buttons) button.setAttribute("aria-pressed", false);
  }

  const drawing = new DrawingPad(canvas, (drawn) => {
    const pixels = drawn && (data.boxed ? normalForm : wholeForm)(drawn, data.shape);
    if (pixels) answer(pixels, -1);
    else nothing();
  });

  // Puts an example on the pad, as it is: it is in the form of the networks' inputs.
  function ask(i) {
    place = i;
    drawing.put(pixelsOf(i), data.shape);
    answer(pixelsOf(i), i);
  }

  const step = (by) => ask((place + by + data.index.length) % data.index.length);
  document.getElementById("clear").addEventListener("click", () => drawing.clear());
  document.getElementById("example").addEventListener("click", () => step(1));
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by) step(by);
    else if (["Delete", "Backspace", "Escape"].includes(event.key)) drawing.clear();
    else return;
    event.preventDefault();
  });
  for (const button of buttons) {
    button.addEventListener("click", () => {
      ask(data.index.indexOf(Number(button.dataset.example)));
      canvas.closest(".panel").scrollIntoView({ block: "nearest" }); // on a narrow screen it is elsewhere
    });
  }
  ask(0);
  tellLargest(networks, data, pixelsOf);
  document.documentElement.dataset.ready = true;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function tellLargest(networks, data, pixelsOf) {
  const differences = networks.map((network, k) => largestDifference(network, data.runs[k].network, pixelsOf));
  const largest = differences.reduce((a, b) => (b <= a ? a : b), 0); // NaN stays
  const check = document.getElementById("check");
  check.dataset.difference = largest;
  check.textContent =
    "Weights in this page are rounded to 8 bits. Checked when it was opened: the outputs of its networks differ from " +
    `nntrain's with the same weights by at most ${largest.toExponential(1)}.`;
}

startBeside(JSON.parse(document.getElementById("data").textContent));
