// Words and numbers of the lecture in the page's language, and the parts that widgets share.

const LECTURE = JSON.parse(document.getElementById("lecture-data").textContent);
const LANG = document.documentElement.lang;
const WORDS = LECTURE.words;

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

const inLanguage = (text) => (LANG === "cs" ? text.replace(".", ",") : text).replace("-", "−");

// 0.123, with a decimal comma in Czech; small numbers as 4.5·10⁻⁵.
function written(value, digits = 3) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  if (value === 0 || Math.abs(value) >= 0.5 * 10 ** -digits) {
    const text = value.toFixed(digits);
    return inLanguage(Number(text) === 0 ? text.replace("-", "") : text);
  }
  const [mantissa, power] = value.toExponential(1).split("e");
  return inLanguage(mantissa) + "·10" + Array.from(power.replace("+", ""), (sign) => SUPERSCRIPTS[sign]).join("");
}

const list = (values, digits = 3) => values.map((value) => written(value, digits)).join(LANG === "cs" ? "; " : ", ");

// Writes values into the elements of root with data-value, by name.
function fill(root, values) {
  for (const slot of root.querySelectorAll("[data-value]")) {
    const value = values[slot.dataset.value];
    if (value !== undefined) slot.textContent = typeof value === "number" ? written(value) : value;
  }
}

// A text of the page's data with its @names replaced.
function filled(text, values) {
  return text.replace(/@(\w+)/g, (name, key) => (key in values ? values[key] : name));
}

// Calls make with the section's box and labels, if the page has the section.
function startWidget(id, make) {
  const box = document.getElementById(`${id}-widget`);
  if (box) make(box, LECTURE.labels[id]);
}

function makeButton(parent, text, act, kind = "") {
  const button = htmlElement(parent, "button", { type: "button", class: kind }, text);
  button.addEventListener("click", () => act(button));
  return button;
}

// A labelled slider that calls moved with its value; show turns the value into text.
function makeSlider(parent, { label, min, max, step, value, show = (one) => written(one, 2) }, moved) {
  const box = htmlElement(parent, "label", { class: "slide" }, label);
  const number = htmlElement(box, "b");
  const input = htmlElement(box, "input", { type: "range", min, max, step });
  input.value = value;
  function say(shown = Number(input.value)) {
    number.textContent = show(shown);
    input.setAttribute("aria-valuetext", number.textContent);
  }
  input.addEventListener("input", () => {
    say();
    moved(Number(input.value));
  });
  say();
  return {
    input,
    set(next) {
      input.value = next;
      say(next); // the slider itself may round it
    },
  };
}

// Run, pause and one step: advance returns whether there is more. Motion is one step a frame.
function makeRunner(parent, advance, perSecond = 30) {
  const run = makeButton(parent, WORDS.run, () => (timer === null ? start() : stop()), "main");
  let timer = null;
  function start() {
    run.textContent = WORDS.pause;
    timer = setInterval(() => advance() || stop(), 1000 / perSecond);
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    run.textContent = WORDS.run;
  }
  makeButton(parent, WORDS.step, () => {
    stop();
    advance();
  });
  return stop;
}

// The weighted inputs that sections 3 to 6 and 8 share: a change in one shows in all.
const Z = {
  values: [2.5, -1, 3.2, 0.5],
  listeners: [],
  set(values) {
    Z.values = values;
    for (const listener of Z.listeners) listener(values);
  },
  shown(listener) {
    Z.listeners.push(listener);
    listener(Z.values);
  },
};
const LOWEST_Z = -5;
const HIGHEST_Z = 5;
const SMALL = ["₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"];

// One slider for each z.
function makeZSliders(parent) {
  const box = htmlElement(parent, "div", { class: "sliders" });
  let sliders = [];
  Z.shown((z) => {
    if (sliders.length !== z.length) {
      box.replaceChildren();
      sliders = z.map((value, j) => {
        const shape = { label: `z${SMALL[j + 1]}`, min: LOWEST_Z, max: HIGHEST_Z, step: 0.1, value };
        return makeSlider(box, shape, (next) => Z.set(Z.values.map((old, k) => (k === j ? next : old))));
      });
    }
    sliders.forEach((slider, j) => slider.set(z[j]));
  });
}

// A table with a row of heads; returns a function that replaces its rows of text.
function makeTable(parent, heads) {
  const scroll = htmlElement(parent, "div", { class: "scroll" });
  const table = htmlElement(scroll, "table");
  const top = table.createTHead().insertRow();
  for (const head of heads) htmlElement(top, "th", { scope: "col" }, head);
  const body = table.createTBody();
  return (rows) => {
    body.replaceChildren();
    for (const [head, ...cells] of rows) {
      const row = body.insertRow();
      htmlElement(row, "th", { scope: "row" }, head);
      for (const cell of cells) row.insertCell().textContent = cell;
    }
  };
}
