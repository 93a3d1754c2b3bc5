// Interactive charts: the pointer or arrow keys show values, the legend hides series.

function setAll(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function svgElement(parent, name, attributes = {}) {
  return parent.appendChild(setAll(document.createElementNS("http://www.w3.org/2000/svg", name), attributes));
}

function htmlElement(parent, name, attributes = {}, text = "") {
  const element = parent.appendChild(setAll(document.createElement(name), attributes));
  element.textContent = text;
  return element;
}

// Lengths in the units of the chart's viewBox.
const SAME_X = 0.5; // points closer than this share a stop
const SAME_ROW = 14;
const NEAR = 6; // points this close to a stop are shown there
const APART = 10; // pixels between the tooltip and its place
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };

function readSeries(group) {
  const { name, x, y, heads, values } = group.dataset;
  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  const colour = group.getAttribute("class").split(" ")[1];
  return { group, name, colour, x: numbers(x), y: numbers(y), heads: heads.split("|"), values: values.split("|") };
}

function startChart(figure) {
  const plot = figure.querySelector(".plot");
  const svg = plot.querySelector("svg.chart");
  const series = Array.from(svg.querySelectorAll(".series"), readSeries).filter((one) => one.x.length);
  if (!series.length) return;
  const { width, height } = svg.viewBox.baseVal;
  const [left, right, top, bottom] = svg.dataset.area.split(" ").map(Number);
  const upright = figure.dataset.along === "y";
  const along = upright ? "y" : "x";
  const hair = svgElement(svg, "line", { class: "hair" });
  const rings = svgElement(svg, "g", { class: "rings" });
  const tip = htmlElement(plot, "div", { class: "tip" });
  const label = `Values of: ${svg.querySelector("title").textContent}`;
  const slider = htmlElement(plot, "div", { class: "slider", role: "slider", tabindex: 0, "aria-label": label, "aria-valuemin": 0 });
  let [stops, place] = [[], 0];
  const shown = () => series.filter((one) => !one.group.hasAttribute("hidden"));

  // The sorted places of the shown series along the axis; close ones, or those of a row, are merged.
  function findStops() {
    const all = shown().flatMap((one) => one[along]).sort((a, b) => a - b);
    stops = all.filter((at, i) => !i || at - all[i - 1] > (upright ? SAME_ROW : SAME_X));
    const last = Math.max(0, stops.length - 1);
    place = Math.min(place, last);
    slider.setAttribute("aria-valuemax", last);
    say();
  }

  // Returns a stop's place in words, and for each shown series the point near it or in its row.
  function near(at) {
    const nearest = shown().map((one) => {
      const gaps = one[along].map((where) => Math.abs(where - at));
      const gap = Math.min(...gaps);
      return { one, gap, i: gaps.indexOf(gap) };
    });
    const best = nearest.reduce((a, b) => (b.gap < a.gap ? b : a));
    const head = best.one.heads[best.i];
    if (!upright) return [head, nearest.filter(({ gap }) => gap <= NEAR)];
    return [head, nearest.map(({ one }) => ({ one, i: one.heads.indexOf(head) })).filter(({ i }) => i >= 0)];
  }

  function say() {
    if (!stops.length) {
      setAll(slider, { "aria-valuenow": 0, "aria-valuetext": "no series is shown" });
      show(false);
      return;
    }
    const [head, found] = near(stops[place]);
    const title = `${svg.dataset.head} ${head}`.trim();
    const lines = found.map(({ one, i }) => [one, one.values[i] + (one.heads[i] === head ? "" : ` at ${one.heads[i]}`)]);
    const text = `${title}: ${lines.map(([one, text]) => `${one.name} ${text}`).join(", ")}`;
    setAll(slider, { "aria-valuenow": place, "aria-valuetext": text });
    tip.replaceChildren();
    htmlElement(tip, "strong", {}, title);
    for (const [one, text] of lines) {
      const line = htmlElement(tip, "div");
      htmlElement(line, "span", { class: one.colour }, one.name);
      line.append(` ${text}`);
    }
    rings.replaceChildren();
    for (const { one, i } of found) svgElement(rings, "circle", { class: one.colour, cx: one.x[i], cy: one.y[i], r: 4.5 });
    const x = upright ? found[0].one.x[found[0].i] : stops[place];
    const y = found.reduce((sum, { one, i }) => sum + one.y[i], 0) / found.length;
    setAll(hair, upright ? { x1: left, x2: right, y1: y, y2: y } : { x1: x, x2: x, y1: top, y2: bottom });
    const [at, room] = [(x * plot.clientWidth) / width, plot.clientWidth - tip.offsetWidth];
    tip.style.left = `${at + APART <= room ? at + APART : Math.max(0, at - APART - tip.offsetWidth)}px`;
    tip.style.top = upright ? `${(100 * y) / height}%` : "1.5rem";
  }

  function show(on = true) {
    for (const part of [tip, hair, rings]) part.toggleAttribute("hidden", !on);
  }

  function point(event) {
    const box = svg.getBoundingClientRect();
    const at = upright ? ((event.clientY - box.top) * height) / box.height : ((event.clientX - box.left) * width) / box.width;
    stops.forEach((stop, i) => {
      if (Math.abs(stop - at) < Math.abs(stops[place] - at)) place = i;
    });
    show();
    say();
  }

  slider.addEventListener("pointermove", point);
  slider.addEventListener("pointerdown", point);
  slider.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && document.activeElement !== slider) show(false);
  });
  slider.addEventListener("focus", () => {
    show();
    say();
  });
  slider.addEventListener("blur", () => show(false));
  slider.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    const down = upright && /Arrow(Up|Down)/.test(event.key); // arrow down goes to the next row
    place = Math.min(stops.length - 1, Math.max(0, place + (down ? -1 : 1) * KEYS[event.key]));
    show();
    say();
  });
  for (const button of figure.querySelectorAll(".legend button")) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", on);
      svg.querySelector(`.series[data-series="${button.dataset.series}"]`).toggleAttribute("hidden", !on);
      show(false);
      findStops();
    });
  }
  show(false);
  findStops();
}

document.querySelectorAll("figure.charted").forEach(startChart);
