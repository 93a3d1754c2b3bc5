// The laboratory's controls, and its start.

// Connects the controls with a state; changed(how) is called with "restart", "rates", "speed" or "view".
function startControls({ layers, saturation }, { say, plain, small }, state, changed) {
  const byId = (id) => document.getElementById(id);
  const radios = (name) => Array.from(document.querySelectorAll(`#lab input[name="${name}"]`));
  const sliders = { "lab-speed": SPEEDS.length, "lab-eta": RATES.length };
  for (const [id, count] of Object.entries(sliders)) byId(id).max = count - 1;
  const boxes = layers.map(({ name, title, colour }) => {
    const label = htmlElement(byId("lab-outputs"), "label", { class: `series-${colour}` });
    const box = htmlElement(label, "input", { type: "checkbox", value: name });
    htmlElement(label, "span", {}, title);
    return box;
  });

  function show() {
    const now = state();
    for (const radio of radios("lab-start")) radio.checked = radio.value === now.start;
    for (const radio of radios("lab-shared")) radio.checked = Boolean(radio.value) === now.shared;
    for (const radio of radios("lab-view")) radio.checked = radio.value === now.view;
    for (const box of boxes) {
      box.checked = now.outputs.includes(box.value);
      box.disabled = box.checked && now.outputs.length <= 2;
    }
    const slide = (id, place, text) => {
      byId(id).value = place;
      byId(id).setAttribute("aria-valuetext", text);
      byId(`${id}-value`).textContent = text;
    };
    slide("lab-speed", SPEEDS.findLastIndex((speed) => speed <= now.speed), say("speed_value", { n: plain(now.speed, 0) }));
    slide("lab-eta", nearestRate(now.eta), small(now.eta));
    slide("lab-hidden", now.hidden, plain(now.hidden, 0));
    byId("lab-seed").textContent = plain(now.seed, 0);
    byId("lab-shared-eta").hidden = !now.shared;
    byId("lab-start-note").textContent = now.start === "saturated" ? say("start_note", { s: plain(saturation, 0) }) : "";
    for (const part of document.querySelectorAll("#lab [data-part]")) {
      part.classList.toggle("lab-left-out", now.hide.includes(part.dataset.part));
    }
  }

  const set = (values, how) => {
    Object.assign(state(), values);
    show();
    changed(how);
  };
  const choose = (name, act) => radios(name).forEach((radio) => radio.addEventListener("change", () => act(radio.value)));
  choose("lab-start", (start) => set({ start }, "restart"));
  choose("lab-shared", (shared) => set({ shared: Boolean(shared) }, "rates"));
  choose("lab-view", (view) => set({ view }, "view"));
  byId("lab-eta").addEventListener("input", ({ target }) => set({ eta: RATES[target.value] }, "rates"));
  byId("lab-speed").addEventListener("input", ({ target }) => set({ speed: SPEEDS[target.value] }, "speed"));
  byId("lab-hidden").addEventListener("input", ({ target }) => set({ hidden: Number(target.value) }, "restart"));
  byId("lab-new-seed").addEventListener("click", () => set({ seed: state().seed + 1 }, "restart"));
  byId("lab-outputs").addEventListener("change", () => {
    set({ outputs: boxes.filter(({ checked }) => checked).map(({ value }) => value) }, "restart");
  });
  return { show, slide: (name, rate) => set({ rates: { ...state().rates, [name]: rate } }, "rates") };
}

function startLaboratory(data, pixels) {
  const byId = (id) => document.getElementById(id);
  const writer = makeWriter(data);
  const { say, plain } = writer;
  const size = data.shape[0] * data.shape[1];
  const images = (i) => pixels.subarray(i * size, (i + 1) * size);
  let state = readState(location.hash, data.layers);
  const layers = () => data.layers.filter(({ name }) => state.outputs.includes(name));
  const worker = makeWorker();
  worker.addEventListener("error", ({ message }) => tellFailure(data, message || "Worker"));
  const run = startRunner(worker, data, received);
  const drawer = startDrawer(data, run, writer, () => state);
  const ask = () => run.look(pad.pixels, look.place);
  const pad = startLaboratoryPad(data, images, writer, ask);
  const look = startLaboratoryLook(data, images, writer, ask);
  const controls = startControls(data, writer, () => state, changed);
  let told = new Set(); // networks whose 50 % were told

  // Writes the state into the address; a changed learning rate cannot be repeated, so no updates then.
  function keep() {
    state.updates = run.clean && !run.running ? run.updates : 0;
    history.replaceState(null, "", addressOf(state, data.layers));
  }

  function restart() {
    drawer.rebuild(layers(), controls.slide);
    pad.rebuild(layers());
    look.rebuild(layers());
    controls.show();
    drawer.setRates(ratesOf(state), state.shared);
    told = new Set();
    byId("lab-status").textContent = "";
    run.begin(state);
  }

  function changed(how) {
    if (how === "restart") {
      state.updates = 0;
      restart();
    }
    if (how === "rates") {
      run.clean &&= !run.updates;
      drawer.setRates(ratesOf(state), state.shared);
    }
    if (how === "speed" && run.running) run.go(state.speed, MOST_UPDATES);
    if (how === "view") drawer.repaint();
    keep();
  }

  function received(kind, reply) {
    if (kind === "look") return show(reply);
    if (kind === "begin" && state.updates) {
      byId("lab-status").textContent = say("catching_up", { n: plain(state.updates, 0) });
      run.go(CATCH_UP, state.updates);
    }
    const now = performance.now();
    if (kind === "begin" || !run.running) settle();
    else {
      if (!drawer.calm()) drawer.paint(reply.paint);
      if (drawer.due(now)) {
        drawer.draw(now);
        if (drawer.calm()) drawer.repaint();
        ask();
      }
    }
    tellHalves();
    label();
  }

  // Everything as it stands, after a start, one update, or a pause.
  function settle() {
    drawer.draw();
    drawer.repaint();
    if (run.updates) {
      byId("lab-status").textContent = say("status_end", { n: plain(run.updates, 0) });
      keep();
    }
    ask();
  }

  function show({ answers, example }) {
    pad.show(answers);
    look.show(example);
  }

  function tellHalves() {
    layers().forEach(({ name, title }, i) => {
      const half = halfWay(run.points, i);
      if (half === null || told.has(name)) return;
      told.add(name);
      if (half) byId("lab-status").textContent = say("status_half", { name: title, n: plain(half, 0) });
    });
  }

  function label() {
    byId("lab-run").textContent = say(run.running ? "pause" : "run");
    byId("lab").dataset.updates = run.updates;
    byId("lab").dataset.running = run.running;
  }

  byId("lab-run").addEventListener("click", () => {
    if (run.running) run.stop();
    else run.go(state.speed, MOST_UPDATES);
    label();
  });
  byId("lab-one").addEventListener("click", run.one);
  byId("lab-again").addEventListener("click", () => changed("restart"));
  byId("lab-link").addEventListener("click", async () => {
    keep();
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    byId("lab-link-words").textContent = say(copied ? "link_done" : "link_address");
  });
  addEventListener("hashchange", () => {
    if (!pairsOf(location.hash)) return;
    state = readState(location.hash, data.layers);
    restart();
  });

  byId("lab").hidden = false;
  const held = data.labels.length - data.learn;
  byId("lab-digits").textContent = say("digits", { learn: plain(data.learn, 0), held: plain(held, 0), title: data.title });
  byId("lab-saturated-text").textContent = say("saturated_chart", { w: plain(data.wrongBy, 1) });
  worker.addEventListener("message", ({ data: reply }) => reply.kind === "open" && tellCheck(data, writer, reply.difference));
  const { learn, labels, wrongBy, golden } = data;
  worker.postMessage({ kind: "open", pixels, labels, learn, size, wrongBy, golden });
  restart();
  if (pairsOf(location.hash)) document.getElementById("laboratory").scrollIntoView();
  return { run, state: () => state };
}

// Says whether the updates of this browser equal nntrain's.
function tellCheck({ golden, layers }, { say, plain, small }, difference) {
  const line = document.getElementById("lab-check");
  const good = difference <= golden.limit; // false for NaN
  const values = { n: golden.batches, k: layers.length, d: small(difference), limit: small(golden.limit) };
  line.textContent = say(good ? "check_good" : "check_bad", values);
  line.dataset.difference = difference;
  line.className = good ? "note" : "warning";
  if (!good) line.setAttribute("role", "alert");
}

function tellFailure(data, why) {
  const line = document.getElementById("lab-check");
  line.className = "warning";
  line.textContent = makeWriter(data).say("no_worker", { why });
}

const LABORATORY = (async () => {
  const stored = document.getElementById("laboratory-data");
  if (!stored) return null;
  const data = JSON.parse(stored.textContent);
  try {
    return startLaboratory(data, await inflated(data.images));
  } catch (error) {
    tellFailure(data, error.message);
    return null;
  }
})();
