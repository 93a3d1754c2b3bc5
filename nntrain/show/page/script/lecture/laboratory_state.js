// The laboratory's state, and the same in the address: #laboratory&start=random&hidden=60&…
// Only what differs from the defaults is written; what cannot be read is the default.

const SPEEDS = [1, 3, 10, 30, 100, 300, 1000]; // updates per second
const RATES = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 30];
const MOST_UPDATES = 10000;
const MOST_HIDDEN = 100;
const MOST_SEED = 999999;

function defaultState(layers) {
  return {
    outputs: layers.map(({ name }) => name),
    start: "saturated",
    shared: false, // whether all networks have the learning rate eta
    eta: 0.5,
    rates: Object.fromEntries(layers.map(({ name, rate }) => [name, rate])),
    hidden: 30,
    speed: 30,
    seed: 1,
    view: "change",
    updates: 0, // made when the page is opened
    hide: [], // parts left out
  };
}

// The pairs key=value of an address that begins with #laboratory&, else null.
function pairsOf(address) {
  const [name, ...pairs] = address.replace(/^#/, "").split("&");
  if (name !== "laboratory" || !pairs.length) return null;
  return new Map(pairs.map((pair) => {
    const at = pair.indexOf("=");
    const text = pair.slice(at + 1);
    try {
      return [pair.slice(0, at), decodeURIComponent(text)];
    } catch {
      return [pair.slice(0, at), text];
    }
  }));
}

function numberFrom(text, low, high, otherwise) {
  const number = text === undefined || text === "" ? NaN : Number(text);
  return Number.isFinite(number) ? Math.min(high, Math.max(low, number)) : otherwise;
}

function readState(address, layers) {
  const state = defaultState(layers);
  const given = pairsOf(address) ?? new Map();
  const listed = (key) => (given.get(key) ?? "").split(",").filter(Boolean);
  const chosen = layers.map(({ name }) => name).filter((name) => listed("outputs").includes(name));
  if (chosen.length >= 2) state.outputs = chosen;
  if (["random", "saturated"].includes(given.get("start"))) state.start = given.get("start");
  if (["weights", "change"].includes(given.get("view"))) state.view = given.get("view");
  const rates = listed("eta");
  state.shared = rates.length === 1;
  if (state.shared) state.eta = numberFrom(rates[0], 0.001, 100, state.eta);
  else state.outputs.forEach((name, i) => (state.rates[name] = numberFrom(rates[i], 0.001, 100, state.rates[name])));
  const whole = (key, low, high) => Math.round(numberFrom(given.get(key), low, high, state[key]));
  state.hidden = whole("hidden", 2, MOST_HIDDEN);
  state.speed = whole("speed", 1, 1000);
  state.seed = whole("seed", 0, MOST_SEED);
  state.updates = whole("updates", 0, MOST_UPDATES);
  state.hide = listed("hide").filter((part) => /^[a-z]+$/.test(part));
  return state;
}

function addressOf(state, layers) {
  const usual = defaultState(layers);
  const rates = state.outputs.map((name) => state.rates[name]);
  const parts = {
    outputs: state.outputs.join(","),
    start: state.start,
    eta: state.shared ? `${state.eta}` : rates.join(","),
    hidden: state.hidden,
    speed: state.speed,
    seed: state.seed,
    view: state.view,
    updates: state.updates,
    hide: state.hide.join(","),
  };
  const plain = { ...usual, outputs: usual.outputs.join(","), hide: "" };
  plain.eta = state.outputs.map((name) => usual.rates[name]).join(",");
  const pairs = Object.entries(parts).filter(([key, value]) => value !== plain[key]);
  return `#laboratory&${pairs.map(([key, value]) => `${key}=${encodeURI(value)}`).join("&")}`;
}

// The learning rate of each network.
function ratesOf(state) {
  return state.outputs.map((name) => (state.shared ? state.eta : state.rates[name]));
}
