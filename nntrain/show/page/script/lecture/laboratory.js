// The laboratory: connects the state, the controls, the networks and what is drawn; and its start.

class Laboratory {
  told = new Set(); // networks whose 50 % were told

  constructor(data, pixels, say) {
    const size = data.shape[0] * data.shape[1];
    const images = (i) => pixels.subarray(i * size, (i + 1) * size);
    this.data = { ...data, layers: data.layers.map((layer) => ({ ...layer, colour: `series-${layer.colour}` })) };
    this.say = say;
    this.kept = location.hash;
    this.state = readState(this.kept, data.layers);
    const worker = makeWorker();
    worker.addEventListener("error", ({ message }) => tellFailure(say, message || "Worker"));
    worker.addEventListener("message", ({ data: reply }) => reply.kind === "open" && tellCheck(data, say, reply.difference));
    this.run = new Runner(worker, data, (kind, reply) => this.received(kind, reply));
    this.drawer = new Drawer(this.data, this.run, say);
    this.pad = new DrawingPanel(data, images, say, () => this.ask());
    this.look = new LookPanel(data, images, say, () => this.ask());
    this.controls = new Controls(this.data, say, () => this.state, (how) => this.changed(how));
    this.listen();
    this.introduce();
    const { learn, labels, wrongBy, golden } = data;
    worker.postMessage({ kind: "open", pixels, labels, learn, size, wrongBy, golden });
    this.restart();
    if (pairsOf(this.kept)) document.getElementById("laboratory").scrollIntoView();
  }

  listen() {
    const on = (id, act) => document.getElementById(id).addEventListener("click", act);
    on("lab-run", () => this.toggle());
    on("lab-one", () => this.run.one());
    on("lab-again", () => this.changed("restart"));
    on("lab-link", () => this.copyLink());
    for (const event of ["change", "click"]) document.getElementById("lab").addEventListener(event, () => this.keep());
    addEventListener("hashchange", () => {
      if (!pairsOf(location.hash) || location.hash === this.kept) return; // not ours, or as it is
      this.kept = location.hash;
      this.state = readState(this.kept, this.data.layers);
      this.restart();
    });
  }

  introduce() {
    const { learn, labels, title, wrongBy } = this.data;
    const values = { learn: plain(learn), held: plain(labels.length - learn), title };
    document.getElementById("lab").hidden = false;
    document.getElementById("lab-digits").textContent = this.say("digits", values);
    document.getElementById("lab-saturated-text").textContent = this.say("saturated_chart", { w: plain(wrongBy, 1) });
  }

  // A new experiment with the settings of the state.
  restart() {
    const layers = this.data.layers.filter(({ name }) => this.state.outputs.includes(name));
    this.layers = layers;
    this.told.clear();
    this.run.begin(this.state);
    this.drawer.rebuild(layers, (name, rate) => this.controls.setRate(name, rate));
    this.drawer.setRates(ratesOf(this.state), this.state.shared);
    this.pad.rebuild(layers);
    this.look.rebuild(layers);
    this.controls.show();
    this.tell("");
  }

  // After a control changed the state, or "Start again".
  changed(how) {
    if (how === "restart") {
      this.state.updates = 0;
      this.restart();
    }
    if (how === "rates") {
      this.run.clean &&= !this.run.updates;
      this.drawer.setRates(ratesOf(this.state), this.state.shared);
    }
    if (how === "speed" && this.run.running) this.run.go(this.state.speed, MOST_UPDATES);
    if (how === "view" && this.run.points.length) this.drawer.repaint();
  }

  toggle() {
    if (this.run.running) this.run.stop();
    else this.run.go(this.state.speed, MOST_UPDATES);
    if (this.run.updates >= MOST_UPDATES) this.tell(this.say("status_most", { n: plain(MOST_UPDATES) }));
    this.label();
  }

  // What the worker answered.
  received(kind, reply) {
    if (kind === "look") return this.show(reply);
    if (kind === "begin" && this.state.updates) {
      this.tell(this.say("catching_up", { n: plain(this.state.updates) }));
      this.run.go(CATCH_UP, this.state.updates);
    }
    if (kind === "begin" || !this.run.running) this.settle();
    else if (this.drawer.follow(reply.paint)) this.ask();
    this.tellHalves();
    this.label();
  }

  // Everything as it stands, after a start, one update, or a pause.
  settle() {
    this.drawer.all();
    this.ask();
    if (!this.run.updates) return;
    this.tell(this.say("status_end", { n: plain(this.run.updates) }));
    this.keep();
  }

  ask() {
    this.run.ask(this.pad.pixels, this.look.place);
  }

  show({ answers, example }) {
    this.pad.show(answers);
    this.look.show(example);
  }

  tell(text) {
    document.getElementById("lab-status").textContent = text;
  }

  tellHalves() {
    this.layers.forEach(({ name, title }, i) => {
      const half = halfWay(this.run.points, i);
      if (half === null || this.told.has(name)) return;
      this.told.add(name);
      if (half) this.tell(this.say("status_half", { name: title, n: plain(half) }));
    });
  }

  label() {
    const { running, updates } = this.run;
    document.getElementById("lab-run").textContent = this.say(running ? "pause" : "run");
    Object.assign(document.getElementById("lab").dataset, { updates, running });
  }

  // Writes the state into the address; a changed learning rate cannot be repeated, so no updates then.
  keep() {
    const { clean, running, updates } = this.run;
    this.kept = addressOf({ ...this.state, updates: clean && !running ? updates : 0 }, this.data.layers);
    try {
      history.replaceState(null, "", this.kept);
    } catch {} // some browsers refuse too many changes in a short time
  }

  async copyLink() {
    this.keep();
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    document.getElementById("lab-link-words").textContent = this.say(copied ? "link_done" : "link_address");
  }
}

// Says whether the updates of this browser equal nntrain's.
function tellCheck({ golden, layers }, say, difference) {
  const line = document.getElementById("lab-check");
  const good = difference <= golden.limit; // false for NaN
  const values = { n: golden.batches, k: layers.length, d: small(difference), limit: small(golden.limit) };
  line.textContent = say(good ? "check_good" : "check_bad", values);
  line.dataset.difference = difference;
  line.className = good ? "note" : "warning";
  if (!good) line.setAttribute("role", "alert");
}

function tellFailure(say, why) {
  const line = document.getElementById("lab-check");
  line.className = "warning";
  line.setAttribute("role", "alert");
  line.textContent = say("no_worker", { why });
}

const LABORATORY = (async () => {
  const stored = document.getElementById("laboratory-data");
  if (!stored) return null;
  const data = JSON.parse(stored.textContent);
  const say = (key, values = {}) => data.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  try {
    return new Laboratory(data, await inflated(data.images), say);
  } catch (error) {
    tellFailure(say, error.message);
    return null;
  }
})();
