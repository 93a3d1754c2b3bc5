// The ten outputs as bars in a table: made once, moved often.

const SVG = "http://www.w3.org/2000/svg";

function svgElement(parent, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return parent.appendChild(element);
}

function makeBars(table, classes) {
  const rows = classes.map((name) => {
    const row = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    const cell = row.insertCell();
    cell.className = "bar";
    const svg = svgElement(cell, "svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
    return { row, rect: svgElement(svg, "rect", { width: 0, height: 10 }), number: row.insertCell() };
  });
  return (outputs, kind) => {
    rows.forEach(({ row, rect, number }, j) => {
      const value = outputs ? outputs[j] : 0;
      rect.setAttribute("width", 100 * value);
      number.textContent = outputs ? value.toFixed(3) : "–";
      row.className = kind ? kind(j) : "";
    });
  };
}

// The indices of the two largest; of equal ones the first counts.
function topTwo(outputs) {
  const order = Array.from(outputs.keys()).sort((a, b) => outputs[b] - outputs[a] || a - b);
  return order.slice(0, 2);
}
