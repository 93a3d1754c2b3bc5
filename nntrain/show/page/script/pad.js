// The pad: strokes of mouse, pen or finger -> the network's answer as you draw.

const PEN = 20; // line width; the pad has 280 pixels

function startPad(data) {
  const canvas = document.getElementById("drawing");
  if (!canvas || !data.network) return;
  const network = readNetwork(data.network, data.distribution, data.c);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const show = makeBars(document.getElementById("pad-bars"), data.classes);
  const words = document.getElementById("pad-answer");
  const seen = document.getElementById("seen");
  let [last, waiting] = [null, false];

  function clear() {
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    nothing();
  }

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

  function read() {
    waiting = false;
    const { data: colours } = context.getImageData(0, 0, canvas.width, canvas.height);
    const drawing = picture(canvas.height, canvas.width);
    for (let i = 0; i < drawing.pixels.length; i++) drawing.pixels[i] = colours[4 * i];
    const pixels = (data.network.boxed ? normalForm : wholeForm)(drawing, data.shape);
    if (pixels) answer(pixels);
    else nothing();
  }

  function line(from, to) {
    context.strokeStyle = "#fff";
    context.lineWidth = PEN;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    if (!waiting) requestAnimationFrame(read);
    waiting = true;
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - canvas.clientLeft, event.clientY - box.top - canvas.clientTop];
    return [(x * canvas.width) / canvas.clientWidth, (y * canvas.height) / canvas.clientHeight];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || last) return;
    event.preventDefault();
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
    last = { id: event.pointerId, at: place(event) };
    line(last.at, last.at);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || event.pointerId !== last.id) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const at = place(move);
      line(last.at, at);
      last.at = at;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (last && event.pointerId === last.id) last = null;
    });
  }
  document.getElementById("clear").addEventListener("click", clear);

  let next = 0;
  document.getElementById("example").addEventListener("click", () => {
    clear();
    const images = bytesOf(data.network.images);
    const size = data.shape[0] * data.shape[1];
    const pixels = images.subarray(next * size, (next + 1) * size);
    const enlarged = document.createElement("canvas");
    paintPixels(enlarged, pixels, data.shape);
    context.imageSmoothingEnabled = false;
    context.drawImage(enlarged, 0, 0, canvas.width, canvas.height);
    answer(pixels); // without normalising: it is normalised already
    next = (next + 1) % data.network.labels.length;
  });

  const difference = largestDifference(network, data.network);
  const check = document.getElementById("check");
  check.dataset.difference = difference;
  check.textContent =
    `Checked when this page was opened: on ${data.network.labels.length} examples its outputs ` +
    `differ from nntrain's by at most ${difference.toExponential(1)}.`;
  clear();
}

// The page is complete here: the script is at its end.
const DATA = JSON.parse(document.getElementById("data").textContent);
startPad(DATA);
startTemperature(DATA);
