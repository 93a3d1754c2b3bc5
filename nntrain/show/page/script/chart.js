// Charts answer: a pointer or the arrow keys show the values at a place, a legend hides series.

function startChart(figure) {
  const plot = figure.querySelector(".plot");
  const svg = plot.querySelector("svg.chart");
  const series = Array.from(svg.querySelectorAll(".series"), readSeries).filter((one) => one.x.length);
  if (!series.length) return;
  const { width, height } = svg.viewBox.baseVal;
  const [left, right, top, bottom] = svg.dataset.area.split(" ").map(Number);
  const area = { x: [left, right], y: [top, bottom] };
  const along = figure.dataset.along;
  const across = along === "x" ? "y" : "x";
  const hair = svgPart(svg, "line", "hair");
  const rings = svgPart(svg, "g", "rings");
  const tip = htmlPart(plot, "div", "tip");
  tip.hidden = true;
  const slider = htmlPart(plot, "div", "slider");
  const words = svg.querySelector("title").textContent;
  for (const [name, value] of [["role", "slider"], ["tabindex", 0], ["aria-label", `Values of: ${words}`], ["aria-valuemin", 0]]) {
    slider.setAttribute(name, value);
  }
  let stops = [];
  let place = 0;

  // Places of the shown series along the axis, in order; close ones, or those of a row, are one.
  function findStops() {
    const all = series.filter((one) => !one.group.hasAttribute("hidden")).flatMap((one) => one[along]);
    stops = all.sort((a, b) => a - b).filter((at, i, sorted) => !i || at - sorted[i - 1] > (along === "x" ? 0.5 : 14));
    place = Math.min(place, Math.max(0, stops.length - 1));
    slider.setAttribute("aria-valuemax", Math.max(0, stops.length - 1));
    say();
  }

  // Of every shown series the point that is near the stop, or in its row.
  function near(at) {
    const shown = series.filter((one) => !one.group.hasAttribute("hidden"));
    const nearest = shown.map((one) => {
      const gaps = one[along].map((where) => Math.abs(where - at));
      const gap = Math.min(...gaps);
      return { one, i: gaps.indexOf(gap), gap };
    });
    const best = nearest.reduce((a, b) => (b.gap < a.gap ? b : a));
    const head = best.one.heads[best.i];
    if (along === "x") return { head, found: nearest.filter(({ gap }) => gap <= 6) };
    const inRow = shown.map((one) => ({ one, i: one.heads.indexOf(head) }));
    return { head, found: inRow.filter(({ i }) => i >= 0) };
  }

  function say() {
    if (!stops.length) {
      slider.setAttribute("aria-valuenow", 0);
      slider.setAttribute("aria-valuetext", "no series is shown");
      return hide();
    }
    const { head, found } = near(stops[place]);
    const lines = found.map(({ one, i }) => {
      const elsewhere = one.heads[i] === head ? "" : ` at ${one.heads[i]}`;
      return { one, text: one.values[i] + elsewhere };
    });
    const title = `${svg.dataset.head} ${head}`.trim();
    slider.setAttribute("aria-valuenow", place);
    slider.setAttribute("aria-valuetext", `${title}: ${lines.map(({ one, text }) => `${one.name} ${text}`).join(", ")}`);
    return draw(title, lines, found);
  }

  function draw(title, lines, found) {
    const strong = document.createElement("strong");
    strong.textContent = title;
    const rows = lines.map(({ one, text }) => {
      const row = document.createElement("div");
      const name = document.createElement("span");
      name.className = one.colour;
      name.textContent = one.name;
      row.append(name, ` ${text}`);
      return row;
    });
    tip.replaceChildren(strong, ...rows);
    const middle = found.reduce((sum, { one, i }) => sum + one[along][i], 0) / found.length;
    const at = along === "x" ? stops[place] : middle;
    hair.setAttribute(`${along}1`, at);
    hair.setAttribute(`${along}2`, at);
    hair.setAttribute(`${across}1`, area[across][0]);
    hair.setAttribute(`${across}2`, area[across][1]);
    rings.replaceChildren();
    for (const { one, i } of found) {
      const ring = svgPart(rings, "circle", one.colour);
      ring.setAttribute("cx", one.x[i]);
      ring.setAttribute("cy", one.y[i]);
      ring.setAttribute("r", 4.5);
    }
    const [x, y] = along === "x" ? [at, 0] : [found[0].one.x[found[0].i], at];
    tip.style.left = `${(100 * x) / width}%`;
    tip.style.top = along === "x" ? "1.5rem" : `${(100 * y) / height}%`;
    tip.classList.toggle("before", x > width / 2);
  }

  function show() {
    tip.hidden = false;
    hair.removeAttribute("hidden");
    rings.removeAttribute("hidden");
    say();
  }

  function hide() {
    tip.hidden = true;
    hair.setAttribute("hidden", "");
    rings.setAttribute("hidden", "");
  }

  function point(event) {
    const box = svg.getBoundingClientRect();
    const at = along === "x" ? ((event.clientX - box.left) * width) / box.width : ((event.clientY - box.top) * height) / box.height;
    stops.forEach((stop, i) => {
      if (Math.abs(stop - at) < Math.abs(stops[place] - at)) place = i;
    });
    show();
  }

  slider.addEventListener("pointermove", point);
  slider.addEventListener("pointerdown", point);
  slider.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && document.activeElement !== slider) hide();
  });
  slider.addEventListener("focus", show);
  slider.addEventListener("blur", hide);
  slider.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity };
    let step = steps[event.key];
    if (step === undefined) return undefined;
    if (along === "y" && event.key.startsWith("Arrow") && !/Left|Right/.test(event.key)) step = -step; // down is down
    event.preventDefault();
    place = Math.min(stops.length - 1, Math.max(0, place + step));
    return show();
  });
  for (const button of figure.querySelectorAll(".legend button")) {
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", shown);
      const one = svg.querySelector(`.series[data-series="${button.dataset.series}"]`);
      one.toggleAttribute("hidden", !shown);
      hide();
      findStops();
    });
  }
  hide();
  findStops();
}

function readSeries(group) {
  const { name, x, y, heads, values } = group.dataset;
  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  return {
    group,
    name,
    colour: group.getAttribute("class").split(" ")[1],
    x: numbers(x),
    y: numbers(y),
    heads: heads.split("|"),
    values: values.split("|"),
  };
}

function svgPart(parent, name, kind) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  element.setAttribute("class", kind);
  return parent.appendChild(element);
}

function htmlPart(parent, name, kind) {
  const element = document.createElement(name);
  element.className = kind;
  return parent.appendChild(element);
}

document.querySelectorAll("figure.charted").forEach(startChart);
