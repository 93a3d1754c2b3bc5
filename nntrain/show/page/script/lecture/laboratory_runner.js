// The laboratory's worker, in which the networks learn, and what the page knows of it.

const MOST_AT_ONCE = 25; // updates in one message, so that the worker answers within a frame or two
const CATCH_UP = 100000; // updates per second while a link's updates are repeated

function makeWorker() {
  const source = document.getElementById("laboratory-worker").textContent;
  return new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}

// Sends work to the worker, one piece at a time, and keeps what it measured. received(kind, reply)
// is called after "begin", "learn" and "look".
class Runner {
  updates = 0;
  points = []; // empty until an experiment has begun
  weights = []; // of each network; first are those that all began with
  running = false;
  clean = true; // whether the learning rates were the same from the beginning
  busy = false; // the worker begins or learns
  late = false; // a newer experiment waits for it
  steps = 0; // single updates that wait for it
  number = 0; // of the experiment
  look = { busy: false, wanted: null };

  constructor(worker, { saturation, classes }, received) {
    Object.assign(this, { worker, saturation, classes, received });
    worker.addEventListener("message", ({ data }) => {
      if (data.kind === "look") this.looked(data);
      else if (data.kind !== "open") this.worked(data);
    });
  }

  send(kind, message) {
    this.worker.postMessage({ kind, back: { number: this.number }, ...message });
  }

  // Begins an experiment with the settings of a state, now or when the worker is idle.
  begin(state) {
    Object.assign(this, { state, updates: 0, points: [], running: false, clean: true, steps: 0 });
    this.number++;
    this.late = this.busy;
    this.busy = true;
    if (this.late) return;
    const { outputs, start, hidden, seed } = state;
    this.send("begin", { outputs, start, hidden, seed, saturation: this.saturation, classes: this.classes.length });
  }

  // Learns; the answer has the weights of one network, of each in turn, or of all if it measures.
  learn(count, measure) {
    const networks = this.state.outputs.length;
    this.busy = true;
    this.painted = ((this.painted ?? 0) + 1) % networks;
    const paint = measure ? Array.from({ length: networks }, (_, i) => i) : [this.painted];
    this.send("learn", { count, rates: ratesOf(this.state), measure, paint });
  }

  // Learns at a rate of updates per second until a number of them are made.
  go(rate, until) {
    Object.assign(this, { rate, until, running: this.updates < until, owed: 1, before: performance.now() });
    cancelAnimationFrame(this.frame); // of an earlier rate
    if (this.running) this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    if (!this.running) return;
    this.frame = requestAnimationFrame((next) => this.tick(next));
    this.advance(now);
  }

  // Sends the updates that are due, if the worker is idle.
  advance(now) {
    const seconds = Math.min(100, Math.max(0, now - this.before)) / 1000;
    this.owed = Math.min(this.owed + this.rate * seconds, MOST_AT_ONCE);
    this.before = now;
    const count = Math.min(Math.floor(this.owed), this.until - this.updates);
    if (this.busy || count < 1) return;
    this.owed -= count;
    this.learn(count, this.updates + count >= this.until);
  }

  stop() {
    this.running = false;
    this.next();
  }

  one() {
    this.running = false;
    if (this.updates + this.steps < MOST_UPDATES) this.steps++;
    this.next();
  }

  // While nothing runs: single updates that wait, then the measurement of the last ones.
  next() {
    if (this.busy || !this.points.length) return;
    if (this.steps > 0) {
      this.steps--;
      this.learn(1, true);
    } else if (this.points.at(-1).updates < this.updates) this.learn(0, true);
  }

  worked({ kind, updates, points, paint, weights }) {
    this.busy = false;
    if (this.late) return this.begin(this.state);
    this.updates = updates;
    if (points.length && this.points.at(-1)?.extra) this.points.pop();
    this.points.push(...points);
    paint.forEach((network, i) => (this.weights[network] = weights[i]));
    if (kind === "begin") this.first = weights[0];
    if (this.running && updates >= this.until) this.running = false;
    if (!this.running) this.next();
    else if (!document.hidden) this.advance(performance.now()); // it works while the page draws
    if (this.running || !this.busy) this.received(kind, { paint });
  }

  // Asks for the answers to a drawing and for a digit of the mini-batch: the last question counts.
  ask(pixels, place) {
    this.look.wanted = { pixels, place };
    if (this.look.busy) return;
    this.look.busy = true;
    this.send("look", this.look.wanted);
    this.look.wanted = null;
  }

  looked(reply) {
    const { wanted } = this.look;
    this.look.busy = false;
    if (wanted) this.ask(wanted.pixels, wanted.place);
    if (reply.number === this.number) this.received("look", reply);
  }
}
