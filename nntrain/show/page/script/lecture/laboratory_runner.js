// The laboratory: controls, the worker that learns, and when what is drawn.

const MOST_AT_ONCE = 25; // updates in one message, so that the worker answers within a frame or two
const DRAW_MS = 100; // between two drawings of the charts while it runs
const CALM_MS = 1000; // the same where the reader prefers reduced motion
const CATCH_UP = 100000; // updates per second while a link's updates are repeated

// The digits' pixels, inflated.
async function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function makeWorker() {
  const source = document.getElementById("laboratory-worker").textContent;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  return worker;
}

// The networks' side: sends work to the worker and keeps what it measured. changed(what) is called
// after "begin", "learn" and "look".
function startRunner(worker, data, changed) {
  const run = { number: 0, updates: 0, points: [], weights: [], first: null, running: false, until: Infinity, clean: true, rate: 1, begin, go, stop, one, look };
  let [busy, owed, before, painted, looking, settings] = [false, 0, 0, 0, false, null];

  function begin(state) {
    settings = state;
    Object.assign(run, { number: run.number + 1, updates: 0, running: false, until: Infinity, clean: true });
    [busy, looking] = [true, false];
    const { outputs, start, hidden, seed } = state;
    send("begin", { outputs, start, hidden, seed, saturation: data.saturation, classes: data.classes.length });
  }

  const send = (kind, message) => worker.postMessage({ kind, back: { number: run.number }, ...message });

  function learn(count, measure) {
    busy = true;
    painted = (painted + 1) % settings.outputs.length;
    const paint = measure ? [...settings.outputs.keys()] : [painted];
    send("learn", { count, rates: ratesOf(settings), measure, paint, back: { number: run.number, paint } });
  }

  function frame(now) {
    if (!run.running) return;
    requestAnimationFrame(frame);
    owed = Math.min(owed + (run.rate * Math.min(100, now - before)) / 1000, MOST_AT_ONCE);
    before = now;
    const count = Math.min(Math.floor(owed), run.until - run.updates);
    if (busy || count < 1) return;
    owed -= count;
    learn(count, run.updates + count >= run.until);
  }

  // Learns at a rate of updates per second until a number of them are made.
  function go(rate, until) {
    Object.assign(run, { rate, until, running: run.updates < until });
    [before, owed] = [performance.now(), 1];
    if (run.running) requestAnimationFrame(frame);
  }

  function stop() {
    if (run.running && !busy) learn(0, true); // the last figures and pictures
    run.running = false;
  }

  function one() {
    stop();
    if (!busy) learn(1, true);
  }

  function look(pixels, place) {
    if (looking) return;
    looking = true;
    send("look", { pixels, place });
  }

  const RECEIVE = {
    begin({ points, weights }) {
      Object.assign(run, { points, weights, first: weights[0] });
    },
    learn({ points, weights, paint }) {
      run.points.push(...points);
      paint.forEach((number, i) => (run.weights[number] = weights[i]));
      if (run.updates >= run.until) run.running = false;
    },
    look() {
      looking = false;
    },
  };

  worker.addEventListener("message", ({ data: reply }) => {
    if (reply.number !== run.number) return;
    if (reply.kind !== "look") [busy, run.updates] = [false, reply.updates];
    RECEIVE[reply.kind](reply);
    const stale = !run.running && run.points.at(-1).updates < run.updates;
    if (stale && !busy) learn(0, true); // stopped: measure what was learned since
    else changed(reply.kind, reply);
  });
  return run;
}

// Draws what the runner has, at once or, while it runs, at most every DRAW_MS.
function startDrawer(data, run, writer, state) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let [last, cards, layers, scale, colours] = [0, [], [], SCALES[0], signedColours()];

  function rebuild(chosen, slide) {
    layers = chosen;
    scale = SCALES[0];
    const parent = document.getElementById("lab-cards");
    parent.replaceChildren();
    cards = layers.map((layer) => makeCard(parent, layer, writer, slide));
  }

  const isCalm = () => calm.matches;
  const due = (now) => now - last >= (isCalm() ? CALM_MS : DRAW_MS);

  function draw(now = performance.now()) {
    last = now;
    const { say, plain } = writer;
    const examples = run.updates * 10;
    document.getElementById("lab-updates").textContent = plain(run.updates, 0);
    document.getElementById("lab-epochs").textContent = say("epochs", { n: plain(examples / data.learn, 1) });
    const x = updatesAxis(run.updates, writer);
    showCharts(run.points, layers, x, writer);
    cards.forEach((card, i) => {
      showCard(card, run.points, i, writer);
      showCost(card, run.points, i, layers[i], x, writer);
    });
  }

  function paint(numbers) {
    const of = (number) => (state().view === "change" ? run.weights[number].map((w, i) => w - run.first[i]) : run.weights[number]);
    for (const number of numbers) {
      const values = of(number);
      scale = Math.max(scale, scaleOf(values));
      paintWeights(cards[number].pictures, values, state().hidden, data.shape, scale, colours);
    }
    document.getElementById("lab-weights-note").textContent = writer.say("weights_note", { m: writer.small(scale) });
  }

  function repaint() {
    [scale, colours] = [SCALES[0], signedColours()];
    paint([...cards.keys()]);
    paint([...cards.keys()]); // with one scale for all
  }

  const redraw = () => run.points.length && (draw(), repaint());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new ResizeObserver(() => run.points.length && draw()).observe(document.getElementById("lab-cards"));
  return { rebuild, due, calm: isCalm, draw, paint, repaint, setRates: (rates, shared) => cards.forEach((card, i) => card.setRate(rates[i], shared)) };
}
