// The laboratory's two panels: answers to a drawing, and z, a and δ of one digit.

// Columns, one a network, with a table in each.
function makeColumns(parent, layers, kind, label) {
  parent.replaceChildren();
  return layers.map(({ title, colour }) => {
    const column = htmlElement(parent, "div", { class: `lab-column series-${colour}` });
    htmlElement(column, "h4", {}, title);
    return { column, table: htmlElement(column, "table", { class: kind, "aria-label": label(title) }) };
  });
}

// The pad; ask() is called when the drawing changed. Its pixels are null while nothing is drawn.
function startLaboratoryPad({ classes, shape, learn, labels }, images, { say, plain }, ask) {
  const [parent, seen] = ["lab-answers", "lab-seen"].map((id) => document.getElementById(id));
  const blank = new Uint8Array(shape[0] * shape[1]);
  const pad = { pixels: null, rebuild, show };
  let columns = [];

  function rebuild(layers) {
    columns = makeColumns(parent, layers, "bars", (name) => say("answer_of", { name })).map(({ column, table }) => {
      const words = htmlElement(column, "p", { class: "lab-answer" });
      column.insertBefore(words, table);
      return { words, bars: makeBars(table, classes, (output) => plain(output, 3)) };
    });
    show(null);
  }

  function show(answers) {
    columns.forEach(({ words, bars }, i) => {
      const outputs = answers && answers[i];
      const [first] = outputs ? topTwo(outputs) : [];
      const value = outputs && plain(outputs[first], 2);
      words.textContent = outputs ? say("answers", { digit: classes[first], value }) : say("answer_none");
      bars(outputs, (j) => (j === first ? "first" : ""));
    });
  }

  function change(pixels) {
    pad.pixels = pixels;
    paintPixels(seen, pixels ?? blank, shape);
    if (pixels) ask();
    else show(null);
  }

  const drawing = startDrawing(document.getElementById("lab-drawing"), (drawn) => change(drawn && normalForm(drawn, shape)));
  document.getElementById("lab-clear").addEventListener("click", drawing.clear);
  let next = learn;
  document.getElementById("lab-example").addEventListener("click", () => {
    drawing.put(images(next), shape);
    change(images(next)); // without normalising: it is normalised already
    next = next + 1 < labels.length ? next + 1 : learn;
  });
  change(null);
  return pad;
}

// A cell with a number on a bar, whose length is 1 for a value of 1. It begins at a place, in percent.
function barCell(row, kind, zero) {
  const cell = row.insertCell();
  const bar = htmlElement(cell, "i", { class: kind });
  const number = htmlElement(cell, "span");
  return (value, text) => {
    const length = (100 - zero) * Math.min(1, Math.abs(value));
    number.textContent = text;
    bar.style.width = `${length}%`;
    bar.style.left = `${value < 0 ? zero - length : zero}%`;
  };
}

// The one-step view; ask() is called when another digit of the mini-batch is chosen.
function startLaboratoryLook({ classes, shape }, images, { say, plain, small }, ask) {
  const MINI_BATCH = 10;
  const look = { place: 0, rebuild, show };
  let columns = [];

  function rebuild(layers) {
    const parent = document.getElementById("lab-looks");
    columns = makeColumns(parent, layers, "lab-look", (name) => name).map(({ column, table }, i) => {
      const formula = htmlElement(column, "p", { class: "lab-formula" }, DELTA_FORMULAS[layers[i].name]);
      column.insertBefore(formula, table);
      const head = table.createTHead().insertRow();
      const names = [[say("class"), "lab-hush"], ["z", ""], ["a", ""], ["δ", ""]];
      for (const [text, kind] of names) htmlElement(htmlElement(head, "th", { scope: "col" }), "span", { class: kind }, text);
      const body = table.createTBody();
      return classes.map((name) => {
        const row = body.insertRow();
        htmlElement(row, "th", { scope: "row" }, name);
        return { row, z: row.insertCell(), a: barCell(row, "lab-a", 0), delta: barCell(row, "lab-d", 50) };
      });
    });
  }

  function show({ digit, label, layers }) {
    paintPixels(document.getElementById("lab-look-digit"), images(digit), shape);
    const values = { i: look.place + 1, n: MINI_BATCH, label: classes[label] };
    document.getElementById("lab-look-words").textContent = say("look_digit", values);
    columns.forEach((rows, i) => {
      const { z, a, delta } = layers[i];
      rows.forEach((cells, k) => {
        cells.row.className = k === label ? "true" : "";
        cells.z.textContent = plain(z[k], 1).replace("-", "−");
        cells.a(a[k], small(a[k]));
        cells.delta(delta[k], small(delta[k]));
      });
    });
  }

  for (const [id, step] of [["lab-previous", MINI_BATCH - 1], ["lab-next", 1]]) {
    document.getElementById(id).addEventListener("click", () => {
      look.place = (look.place + step) % MINI_BATCH;
      ask();
    });
  }
  return look;
}
