// The digits in the page, and which of them belong to a selection.

class Held {
  constructor(data, images) {
    Object.assign(this, data.digits, { data, images, size: data.shape[0] * data.shape[1] });
    this.logs = floatsOf(data.digits.logs);
    this.count = this.index.length;
  }

  pixels(i) {
    return this.images.subarray(i * this.size, (i + 1) * this.size);
  }

  // ln of the run's own outputs, before any rounding.
  logsOf(i) {
    const k = this.data.classes.length;
    return this.logs.subarray(i * k, (i + 1) * k);
  }

  wrong(i) {
    return this.labels[i] !== this.predicted[i];
  }

  // The place of an example of the dataset, or −1.
  placeOf(index) {
    return this.index.indexOf(index);
  }

  inWords(i) {
    const { classes, noun } = this.data;
    const wrong = this.wrong(i) ? `, predicted ${classes[this.predicted[i]]}` : "";
    return `${noun} #${this.index[i]}: ${classes[this.labels[i]]}${wrong}`;
  }

  // What a selection shows: a title, and groups with their digits and how many there are in all.
  selected(name) {
    const [kind, ...numbers] = name.split("-");
    const [first, second] = numbers.map(Number);
    const makers = { cell: () => this.cell(first, second), class: () => this.class(first), fine: () => this.bin("fine", first), even: () => this.bin("even", first) };
    const found = Object.hasOwn(makers, kind) ? makers[kind]() : null;
    return found?.groups.some((group) => group.total) ? found : null;
  }

  cell(label, predicted) {
    const { classes, counts } = this.data;
    const total = counts[label]?.[predicted];
    const digits = this.those((i) => this.labels[i] === label && this.predicted[i] === predicted);
    const title = label === predicted ? `${classes[label]}, recognised` : `${classes[label]} predicted as ${classes[predicted]}`;
    return { title, groups: [{ digits, total, what: "" }] };
  }

  class(label) {
    const { classes, counts } = this.data;
    if (!counts[label]) return null;
    const missed = counts[label].reduce((all, n, p) => all + (p === label ? 0 : n), 0);
    const taken = counts.reduce((all, row, t) => all + (t === label ? 0 : row[label]), 0);
    return {
      title: `Class ${classes[label]}`,
      groups: [
        { digits: this.those((i) => this.labels[i] === label && this.wrong(i)), total: missed, what: `labelled ${classes[label]}, predicted as another class` },
        { digits: this.those((i) => this.predicted[i] === label && this.wrong(i)), total: taken, what: `of another class, predicted as ${classes[label]}` },
        { digits: this.those((i) => this.labels[i] === label && !this.wrong(i)), total: counts[label][label], what: "recognised" },
      ],
    };
  }

  bin(kind, number) {
    const { edges, right, wrong } = this.data.bins[kind];
    if (!(number in right)) return null;
    const inside = (i) => this[kind][i] === number;
    const short = (value) => String(Number(value.toFixed(3)));
    return {
      title: `Confidence ${short(edges[number])} to ${short(edges[number + 1])}`,
      groups: [
        { digits: this.those((i) => inside(i) && this.wrong(i)), total: wrong[number], what: "wrong" },
        { digits: this.those((i) => inside(i) && !this.wrong(i)), total: right[number], what: "right" },
      ],
    };
  }

  those(kept) {
    return Array.from(this.index.keys()).filter(kept);
  }
}
