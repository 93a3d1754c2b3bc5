// The lecture's data and words, and the parts that widgets share.

const LECTURE = JSON.parse(document.getElementById("lecture-data").textContent);
const WORDS = LECTURE.words;
const colourOf = (name) => `series-${LECTURE.colours[name]}`; // of an output layer

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

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

// Run, pause and one step: advance makes a step and returns whether there is more. Where the reader
// prefers reduced motion, the picture changes once a second, by the steps of a second.
function makeRunner(parent, advance, perSecond, words = WORDS) {
  const run = makeButton(parent, words.run, () => (timer === null ? start() : stop()), "main");
  let timer = null;
  function start() {
    const steps = CALM.matches ? perSecond : 1;
    run.textContent = words.pause;
    timer = setInterval(() => {
      for (let step = 0; step < steps && timer !== null; step++) if (!advance()) stop();
    }, (1000 * steps) / perSecond);
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    run.textContent = words.run;
  }
  makeButton(parent, words.step, () => {
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
