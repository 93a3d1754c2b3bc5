// Why the pad's answer: what the ink says for it and for the runner-up, and the most active hidden neurons.

const SHOWN = 8; // hidden neurons
const PAUSE = 120; // ms without a change before a large network, or one that is not ReLU, is explained
const AT_ONCE = 1e6; // weights of a network that is explained in the same frame as it answers
const signed = (value, digits = 2) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
const nextFrame = () => new Promise((done) => requestAnimationFrame(done));

class Explanation {
  turn = 0; // of the newest question; an older one stops
  timer = 0;

  constructor(data, network) {
    Object.assign(this, { data, network, box: document.getElementById("why") });
    this.colours = signedColours();
    this.quick = network.hidden === ACTIVATIONS.relu && network.weights.reduce((n, W) => n + W.length, 0) <= AT_ONCE;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colours = signedColours();
      if (this.pixels) this.explain(this.pixels, this.outputs);
    });
  }

  ask(pixels, outputs) {
    Object.assign(this, { pixels, outputs });
    this.turn++;
    clearTimeout(this.timer);
    this.box.toggleAttribute("hidden", !pixels);
    if (!pixels) return;
    if (this.quick) this.explain(pixels, outputs);
    else this.timer = setTimeout(() => this.explain(pixels, outputs), PAUSE);
  }

  async explain(pixels, outputs) {
    const turn = this.turn;
    const [first, second] = topTwo(outputs);
    const inputs = inputsOf(pixels);
    const one = (k) => Float64Array.from(outputs, (_, j) => (j === k ? 1 : 0));
    const stop = async () => {
      await nextFrame();
      if (turn !== this.turn) throw new Error("there is a newer question");
    };
    let shares;
    try {
      shares = await sharesOf(this.network, inputs, [one(first), one(second)], stop);
    } catch {
      return;
    }
    if (turn !== this.turn) return;
    const [a, b] = shares;
    const lead = { inputs: a.inputs.map((x, i) => x - b.inputs[i]), rest: a.rest - b.rest, total: a.total - b.total };
    const scale = Math.max(...[a, b, lead].flatMap(({ inputs: parts }) => Array.from(parts, Math.abs))) || 1;
    const { classes } = this.data;
    this.draw("why-first", a, scale, pixels, `for ${classes[first]}`, "z");
    this.draw("why-second", b, scale, pixels, `for ${classes[second]}`, "z");
    this.draw("why-lead", lead, scale, pixels, `${classes[first]} rather than ${classes[second]}`, "lead");
    this.neurons(inputs, one(first).map((x, k) => x - (k === second ? 1 : 0)), classes[first], classes[second]);
  }

  // Paints shares over the digit, and adds them up in words.
  draw(id, { inputs, rest, total }, scale, pixels, title, name) {
    const figure = document.getElementById(id);
    const canvas = figure.querySelector("canvas");
    paintSigned(canvas, inputs, this.data.shape, 0.6 * scale, this.colours, pixels);
    canvas.setAttribute("aria-label", `Ink that speaks ${title}`);
    const [up, down] = [1, -1].map((sign) => inputs.reduce((sum, x) => sum + (x * sign > 0 ? x : 0), 0));
    const others = this.network.hidden === ACTIVATIONS.relu ? "biases" : "blank image";
    figure.querySelector("figcaption").replaceChildren();
    htmlElement(figure.querySelector("figcaption"), "b", {}, title[0].toUpperCase() + title.slice(1));
    const sum = htmlElement(figure.querySelector("figcaption"), "small", {}, `ink ${signed(up)} ${signed(down)}, ${others} ${signed(rest)}; ${name} = ${signed(total)}`);
    setAll(sum, { "data-sum": inputs.reduce((all, x) => all + x, rest), "data-total": total });
  }

  // The most active neurons of the first hidden layer: their weights, activation, and share of the lead.
  neurons(inputs, v, first, second) {
    const list = document.getElementById("why-neurons");
    list.replaceChildren();
    if (this.network.weights.length < 2) return;
    const whole = passed(this.network, inputs);
    const [a, g] = [whole.a[1], gradients(this.network, whole, v).hidden[0]];
    const order = Array.from(a.keys()).sort((i, j) => Math.abs(a[j]) - Math.abs(a[i]) || i - j);
    const fanIn = this.network.sizes[0];
    for (const j of order.slice(0, SHOWN)) {
      const W = this.network.weights[0].subarray(j * fanIn, (j + 1) * fanIn);
      const figure = htmlElement(list, "figure");
      const canvas = htmlElement(figure, "canvas", { role: "img", "aria-label": `Weights of neuron ${j}` });
      paintSigned(canvas, W, this.data.shape, W.reduce((most, w) => Math.max(most, Math.abs(w)), 0), this.colours);
      const share = a[j] * g[j];
      const caption = htmlElement(figure, "figcaption", {}, `a = ${a[j].toFixed(2)}`);
      htmlElement(caption, "small", {}, `${signed(Math.abs(share))} for ${share < 0 ? second : first}`);
    }
  }
}
