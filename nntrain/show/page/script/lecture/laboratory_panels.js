// The laboratory's two panels: answers to a drawing, and z, a and δ of one digit. What they show
// is asked for by ask() and comes by show().

// Columns, one a network, with a text and a table in each.
function makeColumns(parent, layers, kind, label) {
  parent.replaceChildren();
  return layers.map(({ title, colour }) => {
    const column = htmlElement(parent, "div", { class: `lab-column ${colour}` });
    htmlElement(column, "h4", {}, title);
    const words = htmlElement(column, "p");
    return { words, table: htmlElement(column, "table", { class: kind, "aria-label": label(title) }) };
  });
}

class DrawingPanel {
  pixels = null; // what is on the pad, null while nothing is
  columns = [];

  constructor({ classes, shape, learn, labels }, images, say, ask) {
    Object.assign(this, { classes, shape, say, ask });
    const [pad, clear, example] = ["lab-drawing", "lab-clear", "lab-example"].map((id) => document.getElementById(id));
    const drawing = new DrawingPad(pad, (drawn) => this.change(drawn && normalForm(drawn, shape)));
    clear.addEventListener("click", () => drawing.clear());
    let next = learn;
    example.addEventListener("click", () => {
      drawing.put(images(next), shape);
      this.change(images(next)); // without normalising: it is normalised already
      next = next + 1 < labels.length ? next + 1 : learn;
    });
    this.change(null);
  }

  rebuild(layers) {
    const label = (name) => this.say("answer_of", { name });
    this.columns = makeColumns(document.getElementById("lab-answers"), layers, "bars", label).map(({ words, table }) => {
      words.className = "lab-answer";
      return { words, bars: makeBars(table, this.classes, (output) => plain(output, 3)) };
    });
    this.show(null);
  }

  change(pixels) {
    this.pixels = pixels;
    const blank = new Uint8Array(this.shape[0] * this.shape[1]);
    paintPixels(document.getElementById("lab-seen"), pixels ?? blank, this.shape);
    if (pixels) this.ask();
    else this.show(null);
  }

  show(answers) {
    this.columns.forEach(({ words, bars }, i) => {
      const outputs = answers && this.pixels && answers[i]; // it may have been cleared meanwhile
      const [first] = outputs ? topTwo(outputs) : [];
      words.textContent = outputs
        ? this.say("answers", { digit: this.classes[first], value: plain(outputs[first], 2) })
        : this.say("answer_none");
      bars(outputs, (j) => (j === first ? "first" : ""));
    });
  }
}

// A cell with a number on a bar, whose length is 1 for a value of 1. It begins at a place, in percent.
function barCell(row, kind, zero) {
  const cell = row.insertCell();
  const bar = htmlElement(cell, "i", { class: kind });
  const number = htmlElement(cell, "span");
  return (value) => {
    const length = (100 - zero) * Math.min(1, Math.abs(value) || 0); // 0 for NaN
    number.textContent = small(value);
    bar.style.width = `${length}%`;
    bar.style.left = `${value < 0 ? zero - length : zero}%`;
  };
}

class LookPanel {
  place = 0; // in the mini-batch
  opened = false; // whether a digit was shown
  columns = [];

  constructor({ classes, shape, golden }, images, say, ask) {
    Object.assign(this, { classes, shape, images, say, ask, size: golden.size });
    for (const [id, step] of [["lab-previous", this.size - 1], ["lab-next", 1]]) {
      document.getElementById(id).addEventListener("click", () => {
        this.place = (this.place + step) % this.size;
        ask();
      });
    }
  }

  rebuild(layers) {
    const parent = document.getElementById("lab-looks");
    this.columns = makeColumns(parent, layers, "lab-look", (name) => name).map(({ words, table }, i) => {
      words.className = "lab-formula";
      words.textContent = OUTPUT_LAYERS[layers[i].name].formula;
      const head = table.createTHead().insertRow();
      for (const [text, kind] of [[this.say("class"), "lab-hush"], ["z", ""], ["a", ""], ["δ", ""]]) {
        htmlElement(htmlElement(head, "th", { scope: "col" }), "span", { class: kind }, text);
      }
      const body = table.createTBody();
      return this.classes.map((name) => {
        const row = body.insertRow();
        htmlElement(row, "th", { scope: "row" }, name);
        return { row, z: row.insertCell(), a: barCell(row, "lab-a", 0), delta: barCell(row, "lab-d", 50) };
      });
    });
  }

  show({ digit, label, layers }) {
    // The saturated start answers 0, so the first digit to look at is another one.
    if (!this.opened && label === 0 && this.place + 1 < this.size) {
      this.place++;
      this.ask();
      return;
    }
    this.opened = true;
    paintPixels(document.getElementById("lab-look-digit"), this.images(digit), this.shape);
    const values = { i: this.place + 1, n: this.size, label: this.classes[label] };
    document.getElementById("lab-look-words").textContent = this.say("look_digit", values);
    this.columns.forEach((rows, i) => {
      const { z, a, delta } = layers[i];
      rows.forEach((cells, k) => {
        cells.row.className = k === label ? "true" : "";
        cells.z.textContent = plain(z[k], 1);
        cells.a(a[k]);
        cells.delta(delta[k]);
      });
    });
  }
}
