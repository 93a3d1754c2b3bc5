// Base64 in the page -> arrays; and pixels -> a canvas.

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function floatsOf(text) {
  const view = new DataView(bytesOf(text).buffer);
  const floats = new Float32Array(view.byteLength / 4);
  for (let i = 0; i < floats.length; i++) floats[i] = view.getFloat32(4 * i, true);
  return floats;
}

function paintPixels(canvas, pixels, [rows, columns]) {
  canvas.height = rows;
  canvas.width = columns;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  pixels.forEach((grey, i) => image.data.set([grey, grey, grey, 255], 4 * i));
  context.putImageData(image, 0, 0);
}
