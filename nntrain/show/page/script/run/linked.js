// What is selected: a cell, a class, a bin, and one digit. It is shown in the panel, kept in the address.

const NARROW = matchMedia("(max-width: 62rem)"); // the panel has no column of its own, as in run.css

class Linked {
  picked = "";
  digit = -1;
  controls = Array.from(document.querySelectorAll("[data-pick]"));

  // Calls show(i) with each digit that is chosen.
  constructor(held, show) {
    Object.assign(this, { held, show, panel: document.getElementById("panel") });
    this.home = this.panel.parentElement;
    for (const control of this.controls) {
      const name = control.dataset.pick;
      if (!held.selected(name)) continue;
      control.addEventListener("click", () => this.pick(name, control));
      control.setAttribute("aria-pressed", false);
    }
    for (const control of document.querySelectorAll("[data-example]")) {
      const place = held.placeOf(Number(control.dataset.example));
      control.disabled = place < 0;
      control.addEventListener("click", () => this.choose(place));
    }
    this.link("reliability-chart", "even");
    document.querySelectorAll(".roving").forEach((group) => rove(group, "button:not([disabled])"));
    addEventListener("hashchange", () => this.read());
  }

  // The points of a chart are the bins that are not empty.
  link(chart, kind) {
    const figure = document.getElementById(`${chart}-title`)?.closest("figure");
    const { right, wrong } = this.held.data.bins[kind];
    const bins = Array.from(right.keys()).filter((bin) => right[bin] + wrong[bin]);
    figure?.addEventListener("choose", ({ detail: point }) => this.pick(`${kind}-${bins[point]}`, figure));
  }

  // Shows what the address says, or else the commonest confusion and the least confident of its
  // errors that is fit to be shown first.
  begin(fit) {
    if (this.read()) return;
    const { labels, predicted } = this.held;
    this.showPicked(document.querySelector("#pairs [data-pick]")?.dataset.pick ?? `cell-${labels[0]}-${predicted[0]}`);
    this.showDigit(this.digits().filter(fit).at(-1) ?? this.digits().at(-1) ?? 0);
  }

  read() {
    const words = new URLSearchParams(location.hash.slice(1));
    const [name, place] = [words.get("show"), this.held.placeOf(Number(words.get("digit") ?? NaN))];
    const known = Boolean(name && this.held.selected(name));
    if (known && name !== this.picked) this.showPicked(name);
    if (place >= 0) this.showDigit(place);
    else if (known) this.showDigit(this.digits()[0] ?? Math.max(0, this.digit));
    return known;
  }

  pick(name, control) {
    this.showPicked(name);
    this.showDigit(this.digits()[0] ?? this.digit);
    const section = NARROW.matches ? control.closest("section") : null;
    (section ?? this.home).append(this.panel);
    if (section) this.panel.scrollIntoView({ block: "nearest" });
    this.remember();
  }

  choose(i) {
    this.showDigit(i);
    this.remember();
  }

  remember() {
    const words = `#show=${this.picked}&digit=${this.held.index[this.digit]}`;
    try {
      history.replaceState(null, "", words);
    } catch {
      // in a notebook's frame there is no address
    }
  }

  // The digits of the selection that are in the page.
  digits() {
    return this.held.selected(this.picked).groups.flatMap(({ digits }) => digits);
  }

  // Goes to another digit of the selection, or of the page if there is only one.
  step(by) {
    const found = this.digits();
    const those = found.length > 1 ? found : Array.from(this.held.index.keys());
    const at = those.indexOf(this.digit);
    this.choose(those[at < 0 ? 0 : (at + by + those.length) % those.length]);
  }

  showPicked(name) {
    this.picked = name;
    for (const control of this.controls) {
      if (control.hasAttribute("aria-pressed")) control.setAttribute("aria-pressed", control.dataset.pick === name);
    }
    const { title, groups } = this.held.selected(name);
    document.getElementById("panel-title").textContent = title;
    const list = document.getElementById("panel-groups");
    list.replaceChildren();
    for (const group of groups) if (group.total) this.showGroup(list, group);
    rove(list, "button");
  }

  showGroup(list, { digits, total, what }) {
    const wrong = digits.some((i) => this.held.wrong(i)) || (!digits.length && what === "wrong");
    htmlElement(list, "p", { class: "note" }, [`${total.toLocaleString("en")}${what && ` ${what}`}`, howMany(digits.length, total, wrong)].join(""));
    const thumbs = htmlElement(list, "div", { class: "thumbs" });
    for (const i of digits) this.thumb(thumbs, i);
  }

  thumb(parent, i) {
    const { held } = this;
    const button = htmlElement(parent, "button", { type: "button", class: "thumb", "data-digit": i, "aria-label": held.inWords(i), "aria-pressed": i === this.digit });
    paintPixels(htmlElement(button, "canvas", { class: "digit", "aria-hidden": true }), held.pixels(i), held.data.shape);
    const outputs = Array.from(held.logsOf(i), Math.exp);
    const shown = held.wrong(i) ? [held.predicted[i], held.labels[i]] : [held.predicted[i]];
    shown.forEach((k) => {
      const kind = k === held.labels[i] ? "true" : "predicted";
      const [name, output] = [held.data.classes[k], outputs[k].toFixed(2)];
      htmlElement(button, "small", { class: kind }, name.length > 2 ? `${output} ${name}` : `${name} ${output}`);
    });
    button.addEventListener("click", () => this.choose(i));
  }

  showDigit(i) {
    this.digit = i;
    for (const thumb of document.querySelectorAll(".thumb")) thumb.setAttribute("aria-pressed", Number(thumb.dataset.digit) === i);
    const { held } = this;
    paintPixels(document.getElementById("panel-digit"), held.pixels(i), held.data.shape);
    document.getElementById("panel-words").textContent = held.inWords(i);
    const outputs = Array.from(held.logsOf(i), Math.exp);
    const kind = (k) => (k === held.labels[i] ? "true" : k === held.predicted[i] ? "predicted" : "");
    showLargest(document.getElementById("panel-bars"), held.data.classes, outputs, kind, 3);
    this.show(i);
  }
}

// ": the 10 most confident", where not all are in the page.
function howMany(here, all, wrong) {
  if (here === all) return here > 1 && wrong ? ", the most confident first" : "";
  if (!here) return "; none of them is in this page";
  const left = `${(all - here).toLocaleString("en")} left out of this page`;
  const which = wrong ? `the ${here > 1 ? `${here} ` : ""}most confident` : `a sample of ${here}`;
  return `: ${which}; ${left}`;
}
