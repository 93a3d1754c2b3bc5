// The laboratory's controls. A change is "restart", "rates", "speed" or "view".

const radiosOf = (name) => Array.from(document.querySelectorAll(`#lab input[name="${name}"]`));

// Boxes to choose output layers; choose is called with the names of the chosen.
function makeBoxes(layers, choose) {
  const parent = document.getElementById("lab-outputs");
  const boxes = layers.map(({ name, title, colour }) => {
    const label = htmlElement(parent, "label", { class: colour });
    const box = htmlElement(label, "input", { type: "checkbox", value: name });
    htmlElement(label, "span", {}, title);
    return box;
  });
  parent.addEventListener("change", () => choose(boxes.filter(({ checked }) => checked).map(({ value }) => value)));
  return boxes;
}

class Controls {
  // state() is the state as it is; changed(how) is called after a control changed it.
  constructor(data, say, state, changed) {
    Object.assign(this, { data, say, state, changed });
    this.boxes = makeBoxes(data.layers, (outputs) => this.set({ outputs }, "restart"));
    this.choice("lab-start", (start) => this.set({ start }, "restart"));
    this.choice("lab-shared", (shared) => this.set({ shared: Boolean(shared) }, "rates"));
    this.choice("lab-view", (view) => this.set({ view }, "view"));
    this.slider("lab-eta", RATES.length - 1, (at) => this.set({ eta: RATES[at] }, "rates"));
    this.slider("lab-speed", SPEEDS.length - 1, (at) => this.set({ speed: SPEEDS[at] }, "speed"));
    this.slider("lab-hidden", MOST_HIDDEN, (hidden) => this.set({ hidden }, "restart"));
    const other = () => this.set({ seed: (this.state().seed + 1) % (MOST_SEED + 1) }, "restart");
    document.getElementById("lab-new-seed").addEventListener("click", other);
  }

  choice(name, act) {
    for (const radio of radiosOf(name)) radio.addEventListener("change", () => act(radio.value));
  }

  slider(id, max, act) {
    const input = document.getElementById(id);
    input.max = max;
    input.addEventListener("input", () => act(Number(input.value)));
  }

  set(values, how) {
    Object.assign(this.state(), values);
    this.show();
    this.changed(how);
  }

  setRate(name, rate) {
    this.set({ rates: { ...this.state().rates, [name]: rate } }, "rates");
  }

  // Shows the state.
  show() {
    const { start, shared, view, outputs, speed, eta, hidden, seed, hide } = this.state();
    const byId = (id) => document.getElementById(id);
    for (const radio of radiosOf("lab-start")) radio.checked = radio.value === start;
    for (const radio of radiosOf("lab-shared")) radio.checked = Boolean(radio.value) === shared;
    for (const radio of radiosOf("lab-view")) radio.checked = radio.value === view;
    for (const box of this.boxes) {
      box.checked = outputs.includes(box.value);
      box.disabled = box.checked && outputs.length <= 2; // two stay, to compare
    }
    this.slide("lab-speed", SPEEDS.findLastIndex((one) => one <= speed), this.say("speed_value", { n: plain(speed) }));
    this.slide("lab-eta", nearestRate(eta), small(eta));
    this.slide("lab-hidden", hidden, plain(hidden));
    byId("lab-seed").textContent = plain(seed);
    byId("lab-shared-eta").hidden = !shared;
    byId("lab-start-note").textContent = start === "saturated" ? this.say("start_note", { s: plain(this.data.saturation) }) : "";
    for (const part of document.querySelectorAll("#lab [data-part]")) {
      part.classList.toggle("lab-left-out", hide.includes(part.dataset.part));
    }
  }

  slide(id, place, text) {
    const input = document.getElementById(id);
    input.value = place;
    input.setAttribute("aria-valuetext", text);
    document.getElementById(`${id}-value`).textContent = text;
  }
}
