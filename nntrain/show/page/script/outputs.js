// Base64 in the page -> arrays; pixels -> a canvas; outputs -> bars in a table, made once.

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

// The bytes that were deflated.
async function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function floatsOf(text) {
  return new Float32Array(bytesOf(text).buffer); // little-endian, as every browser's machine
}

function paintPixels(canvas, pixels, [rows, columns]) {
  canvas.height = rows;
  canvas.width = columns;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  pixels.forEach((grey, i) => image.data.set([grey, grey, grey, 255], 4 * i));
  context.putImageData(image, 0, 0);
}

function makeBars(table, classes, text = (output) => output.toFixed(3)) {
  const rows = classes.map((name) => {
    const row = table.insertRow();
    htmlElement(row, "th", { scope: "row" }, name);
    const cell = htmlElement(row, "td", { class: "bar" });
    const svg = svgElement(cell, "svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
    return { row, rect: svgElement(svg, "rect", { width: 0, height: 10 }), number: row.insertCell() };
  });
  return (outputs, kind) => {
    rows.forEach(({ row, rect, number }, j) => {
      rect.setAttribute("width", outputs ? 100 * outputs[j] || 0 : 0); // 0 for NaN
      number.textContent = outputs ? text(outputs[j]) : "–";
      row.className = outputs ? kind(j) : "";
    });
  };
}

// Fills a table with the largest outputs, the largest first.
function showLargest(table, classes, outputs, kind, count) {
  table.replaceChildren();
  const order = ranked(outputs).slice(0, count);
  const names = order.map((k) => classes[k]);
  makeBars(table, names)(order.map((k) => outputs[k]), (place) => kind(order[place]));
}

// The indices by decreasing output; the first wins a tie.
function ranked(outputs) {
  return Array.from(outputs.keys()).sort((a, b) => outputs[b] - outputs[a] || a - b);
}

// The indices of the two largest; the first wins a tie.
function topTwo(outputs) {
  return ranked(outputs).slice(0, 2);
}
