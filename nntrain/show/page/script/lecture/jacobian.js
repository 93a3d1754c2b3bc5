// Section 4: the Jacobians of softmax and of the sigmoids as heat maps.

startWidget("jacobian", (box, labels) => {
  makeZSliders(box);
  const two = htmlElement(box, "div", { class: "two" });
  const maps = [makeHeatMap(two, labels.softmax, labels), makeHeatMap(two, labels.sigmoid, labels)];
  makeKey(box, [["role-right", labels.positive], ["role-wrong", labels.negative]]);
  Z.shown((z) => {
    maps[0](jacobian(softmax(z)));
    maps[1](z.map((one, j) => z.map((_, k) => (j === k ? slopeOf(one) : 0))));
  });
});

// Small entries keep their signs: −0.0000.
function entryText(entry) {
  return Math.abs(entry) < 0.0005 ? inLanguage(entry.toFixed(4)) : written(entry);
}

// A table of the matrix with the sums of its rows; 0.25, the largest possible entry, is full colour.
function makeHeatMap(parent, title, labels) {
  const figure = htmlElement(parent, "figure");
  htmlElement(figure, "figcaption", {}, title);
  const scroll = htmlElement(figure, "div", { class: "scroll" });
  const table = htmlElement(scroll, "table", { class: "heat" });
  return (matrix) => {
    table.replaceChildren();
    const top = table.insertRow();
    htmlElement(top, "th");
    matrix.forEach((_, k) => htmlElement(top, "th", { scope: "col" }, `z${SMALL[k + 1]}`));
    htmlElement(top, "th", { scope: "col" }, labels.row);
    matrix.forEach((entries, j) => {
      const row = table.insertRow();
      htmlElement(row, "th", { scope: "row" }, `a${SMALL[j + 1]}`);
      for (const entry of entries) {
        const cell = row.insertCell();
        cell.textContent = entry === 0 ? "0" : entryText(entry);
        cell.dataset.entry = entry;
        const strength = Math.min(1, Math.sqrt(Math.abs(entry) / 0.25));
        if (entry) cell.style.background = `rgba(var(${entry > 0 ? "--shade" : "--shade-wrong"}), ${(0.08 + 0.6 * strength).toFixed(3)})`;
      }
      const total = sum(entries);
      row.insertCell().textContent = Math.abs(total) < 1e-12 ? "0" : written(total);
    });
  };
}
