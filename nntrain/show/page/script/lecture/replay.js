// A comparison of output layers, replayed update by update at full width.

function startReplay(box, labels) {
  const outputs = LECTURE.stored.outputs;
  const last = Math.max(...outputs.map(({ curve }) => curve.at(-1)[0]));
  const moments = [...new Set(outputs.flatMap(({ curve }) => curve.map(([at]) => at)))].sort((a, b) => a - b);
  const first = moments[0]; // 1, but for comparisons of earlier versions
  const lines = outputs.map(({ name, curve }) => ({
    title: LECTURE.titles[name],
    colour: colourOf(name),
    points: curve.map(([at, accuracy]) => [at, 100 * accuracy]),
  }));
  let moment = moments.length - 1;

  const controls = htmlElement(box, "div");
  const stop = makeRunner(controls, advance, 20, { ...WORDS, ...labels });
  makeButton(controls, WORDS.reset, () => {
    stop();
    go(0);
  });
  const slider = makeSlider(box, { label: labels.slider, min: 0, max: moments.length - 1, step: 1, value: moment, show: (i) => plain(moments[i]) }, (i) => {
    stop();
    go(i);
  });
  const figure = htmlElement(box, "figure");
  makeKey(figure, lines.map(({ title, colour }) => [colour, title]), true);
  htmlElement(figure, "figcaption", {}, `${labels.accuracy} · ${labels.axis}`);
  const svg = svgElement(figure, "svg", { class: "plot-live wide", role: "img", "aria-label": labels.picture });
  const show = makeTable(box, [labels.output, labels.rate, labels.accuracy, labels.half]);

  function advance() {
    if (moment >= moments.length - 1) moment = -1; // from the beginning again
    go(moment + 1);
    return moment < moments.length - 1;
  }

  const until = (points) => points.filter(([at]) => at <= moments[moment]);

  function draw() {
    drawCurves(svg, {
      x: { low: first, high: Math.max(last, first + 1), ticks: decades(first, last), log: true },
      y: { low: 0, high: 100, ticks: [0, 25, 50, 75, 100] },
      lines: lines.map((line) => ({ ...line, points: until(line.points) })),
      guide: 50,
    });
  }

  function go(i) {
    moment = i;
    slider.set(i);
    draw();
    show(
      outputs.map(({ name, learning_rate: rate, half }, k) => {
        const past = until(lines[k].points);
        const accuracy = past.length ? written(past.at(-1)[1], 1) : "–";
        const reached = half === null ? filled(WORDS.never, { n: plain(last) }) : plain(half);
        return [LECTURE.titles[name], inLanguage(String(rate)), accuracy, (half ?? last) > moments[i] ? "…" : reached];
      }),
    );
  }

  go(moment);
  new ResizeObserver(draw).observe(figure); // one unit of the picture is a CSS pixel
  window.addEventListener("beforeprint", () => { // paper shows the whole curves
    stop();
    go(moments.length - 1);
  });
}

for (const id of ["digits", "updates"]) startWidget(id, startReplay);
