// The run's pad: a drawing or a digit of the dataset -> the network's answer as you draw.

const PERHAPS = 0.05; // from this output on, the runner-up is named first of all

const MOST_BARS = 12;

class Pad {
  // Calls step(±1) for the digit after or before the one shown, and answered(pixels, outputs) or answered(null).
  constructor(data, network, held, { step, answered }) {
    Object.assign(this, { data, network, held, answered });
    this.words = document.getElementById("pad-answer");
    this.about = document.getElementById("pad-about");
    this.seen = document.getElementById("seen");
    this.bars = barsOf(document.getElementById("pad-bars"), data.classes);
    const canvas = document.getElementById("drawing");
    this.drawing = new DrawingPad(canvas, (drawn) => {
      const pixels = drawn && (data.network.boxed ? normalForm : wholeForm)(drawn, data.shape);
      if (pixels) this.answer(pixels, -1);
      else this.nothing();
    });
    document.getElementById("clear").addEventListener("click", () => this.drawing.clear());
    document.getElementById("example").addEventListener("click", () => step(1));
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (by) step(by);
      else if (event.key === "Delete" || event.key === "Backspace" || event.key === "Escape") this.drawing.clear();
      else return;
      event.preventDefault();
    });
  }

  // Puts a digit of the page on the pad, as it is: it is in the form of the network's inputs.
  ask(i) {
    const pixels = this.held.pixels(i);
    this.drawing.put(pixels, this.data.shape);
    this.answer(pixels, i);
  }

  // Whether the rounded network answers the page's digit i as the run's own does.
  agrees(i) {
    return topTwo(forward(this.network, this.held.pixels(i)))[0] === this.held.predicted[i];
  }

  nothing() {
    this.words.textContent = `Draw ${withArticle(this.data.noun)}.`;
    this.about.textContent = "";
    delete this.words.dataset.predicted;
    paintPixels(this.seen, new Uint8Array(this.data.shape[0] * this.data.shape[1]), this.data.shape);
    this.bars(null);
    this.answered(null);
  }

  // i is the digit's place in the page, or −1 for a drawing.
  answer(pixels, i) {
    const { classes, noun } = this.data;
    const outputs = forward(this.network, pixels);
    const [first, second] = topTwo(outputs);
    const label = i < 0 ? -1 : this.held.labels[i];
    paintPixels(this.seen, pixels, this.data.shape);
    this.bars(outputs, (j) => (j === label && label !== first ? "true" : j === first ? (label >= 0 && label !== first ? "predicted" : "first") : ""));
    this.words.replaceChildren();
    htmlElement(this.words, "b", {}, classes[first]);
    this.words.append(outputs[second] >= PERHAPS ? `, or perhaps ${classes[second]}` : "");
    this.words.dataset.predicted = classes[first];
    this.about.textContent = i < 0 ? "" : this.comment(i, first);
    this.answered(pixels, outputs, noun);
  }

  comment(i, first) {
    const { classes, noun } = this.data;
    const [label, own] = [this.held.labels[i], this.held.predicted[i]];
    const rounding = own === first ? "" : ` The run's own weights, not rounded, answer ${classes[own]}.`;
    return `${noun[0].toUpperCase()}${noun.slice(1)} #${this.held.index[i]} is labelled ${classes[label]}.${rounding}`;
  }
}

// Returns a function that shows the outputs of all classes, or the largest if there are many.
function barsOf(table, classes) {
  if (classes.length <= MOST_BARS) return makeBars(table, classes);
  return (outputs, kind) => showLargest(table, classes, outputs ?? [], kind, MOST_BARS);
}

const withArticle = (noun) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;

function tellDifference(difference, { differ, among, checked }) {
  const check = document.getElementById("check");
  check.dataset.difference = difference;
  check.textContent =
    `Weights in this page are rounded to 8 bits. Of ${among[0].toLocaleString("en")} examples, ${differ[0].toLocaleString("en")} ` +
    `${differ[0] === 1 ? "gets" : "get"} another answer by that, of the ${among[1].toLocaleString("en")} in this page ${differ[1]}. ` +
    `Checked when this page was opened: on ${checked} examples its outputs differ from nntrain's with the same ` +
    `weights by at most ${difference.toExponential(1)}.`;
}
