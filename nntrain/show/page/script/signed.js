// Values from −1 to 1 as colours: orange, the card's colour at 0, blue.

// Colours from orange over the card's to blue, as bytes of red, green and blue for 0 to 254.
function signedColours() {
  const style = getComputedStyle(document.documentElement);
  const [low, middle, high] = ["--wrong", "--card", "--right"].map((name) => {
    const hex = style.getPropertyValue(name).trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  });
  return Uint8Array.from({ length: 3 * 255 }, (_, i) => {
    const t = Math.floor(i / 3) / 127 - 1; // −1 to 1
    const [from, to] = [middle[i % 3], (t < 0 ? low : high)[i % 3]];
    return Math.round(from + Math.abs(t) * (to - from));
  });
}

// Paints the values of an image's pixels, each divided by the scale; over an image's ink (bytes) if it is given.
function paintSigned(canvas, values, [rows, columns], scale, colours, ink) {
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  values.forEach((value, i) => {
    const share = Math.max(-1, Math.min(1, value / scale || 0)); // 0 for NaN
    const from = 3 * Math.round(127 + 127 * share);
    const shade = ink ? (0.3 * (1 - Math.abs(share)) * ink[i]) / 255 : 0;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = (1 - shade) * colours[from + c] + shade * 128;
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}
