// Starts the interactive parts of a run's page, which is complete here: the script is at its end.

const DATA = JSON.parse(document.getElementById("data").textContent);
const PARTS = {}; // for the console and the tests

async function start(data) {
  const held = new Held(data, await inflated(data.digits.images));
  const temperature = data.temperature && (await makeTemperature(data, held));
  const network = data.network && (await readNetwork(data.network, data.output, data.c));
  const explanation = network && new Explanation(data, network);
  const step = (by) => linked.step(by);
  const answered = (pixels, outputs) => explanation.ask(pixels, outputs);
  const pad = network && new Pad(data, network, held, { step, answered });
  const linked = new Linked(held, (i) => {
    pad?.ask(i);
    temperature?.show(i);
  });
  Object.assign(PARTS, { held, network, pad, linked });
  linked.begin((i) => !pad || pad.agrees(i));
  if (network) tellDifference(largestDifference(network, data.network, (i) => held.pixels(i)), data.network);
  document.documentElement.dataset.ready = true;
}

start(DATA);
