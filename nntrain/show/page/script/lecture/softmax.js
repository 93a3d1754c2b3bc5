// Section 3: bars of z that can be dragged; softmax and sigmoids beside them, and their sums.

const BAR = { zero: 118, z: 72, a: 100, width: 440, height: 232 };

startWidget("softmax", (box, labels) => {
  htmlElement(box, "p", { class: "note" }, labels.drag);
  makeKey(box, [["grey", "z"], ["series-1", WORDS.softmax], ["series-3", WORDS.sigmoid]]);
  const svg = svgElement(box, "svg", { class: "plot-live drag large", role: "img", "aria-label": labels.bars });
  makeZSliders(box);
  const sums = htmlElement(box, "p", { class: "live-line", id: "softmax-sums", role: "status" });
  const raised = htmlElement(box, "p", { class: "live-line", id: "softmax-raised", role: "status" });
  const buttons = htmlElement(box, "div");
  makeButton(buttons, labels.equal, () => Z.set(Z.values.map(() => 0)));
  makeButton(buttons, labels.raise, raise);
  makeButton(buttons, labels.show, () => Z.set(Z.values.map(() => -Math.log(Z.values.length - 1)))); // σ = 1/n each
  const fewer = makeButton(buttons, labels.fewer, () => Z.set(Z.values.slice(0, -1)));
  const more = makeButton(buttons, labels.more, () => Z.set([...Z.values, 0]));

  function raise() {
    const before = softmax(Z.values);
    const lifted = raisedFirst(Z.values, 0.3);
    if (lifted === null) {
      raised.textContent = filled(labels.impossible, { before: written(before[0]) });
      return;
    }
    const dz = lifted - Z.values[0];
    Z.set([lifted, ...Z.values.slice(1)]);
    const after = softmax(Z.values);
    const changes = list(after.slice(1).map((a, k) => a - before[k + 1]));
    raised.textContent = filled(labels.raised, { before: written(before[0]), after: written(after[0]), dz: written(dz), changes });
  }

  let bars = [];
  Z.shown((z) => {
    if (bars.length !== z.length) bars = makeBarGroups(svg, z.length);
    const [a, s] = [softmax(z), z.map(sigmoid)];
    z.forEach((value, j) => bars[j](value, a[j], s[j]));
    const exact = Math.abs(sum(s) - 1) < 1e-12;
    sums.classList.toggle("exact", exact);
    sums.textContent = filled(labels.sums, { one: written(sum(a)), sigmoids: written(sum(s)) }) + (exact ? ` ${labels.exact}` : "");
    sums.dataset.sum = sum(s);
    raised.textContent = "";
    fewer.disabled = z.length <= 2;
    more.disabled = z.length >= 6;
  });
});

// Groups of three bars; each is returned as a function that sets z, softmax and sigmoid.
function makeBarGroups(svg, n) {
  const wide = BAR.width / n;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${BAR.width} ${BAR.height}`);
  svgElement(svg, "line", { class: "zero", x1: 0, x2: BAR.width, y1: BAR.zero, y2: BAR.zero });
  return Array.from({ length: n }, (_, j) => {
    const left = j * wide + wide * 0.06;
    const part = (wide * 0.88) / 3;
    const group = svgElement(svg, "g");
    const rects = ["z", "softmax", "sigmoid"].map((kind, i) => svgElement(group, "rect", { class: kind, x: left + i * part + 1, width: part - 2, rx: 2 }));
    const texts = rects.map((_, i) => svgElement(group, "text", { x: left + (i + 0.5) * part, "text-anchor": "middle" }));
    svgElement(group, "text", { x: left + 1.5 * part, y: BAR.height - 6, "text-anchor": "middle" }).textContent = `${WORDS.neuron} ${j + 1}`;
    const hit = svgElement(group, "rect", { class: "hit", x: j * wide, width: wide, y: 0, height: BAR.height });
    dragUpright(hit, svg, (y) => {
      const z = Math.round((((BAR.zero - y) * HIGHEST_Z) / BAR.z) * 10) / 10;
      const next = Math.min(HIGHEST_Z, Math.max(LOWEST_Z, z));
      Z.set(Z.values.map((old, k) => (k === j ? next : old)));
    });
    return (...values) => {
      values.forEach((value, i) => {
        const tall = i === 0 ? (BAR.z * Math.min(HIGHEST_Z + 1, value)) / HIGHEST_Z : BAR.a * value; // z beyond the slider: a little higher
        setAll(rects[i], { y: BAR.zero - Math.max(0, tall), height: Math.max(1, Math.abs(tall)) });
        texts[i].setAttribute("y", tall >= 0 ? BAR.zero - tall - 5 : BAR.zero - tall + 15);
        texts[i].textContent = written(value, i === 0 ? 1 : 2);
      });
    };
  });
}

// Calls moved with the height in the drawing while mouse, pen or finger drags over the part.
function dragUpright(part, svg, moved) {
  const height = (event) => {
    const box = svg.getBoundingClientRect();
    return ((event.clientY - box.top) * svg.viewBox.baseVal.height) / box.height;
  };
  part.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    if (event.isTrusted) part.setPointerCapture(event.pointerId);
    moved(height(event));
  });
  part.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) moved(height(event));
  });
}
