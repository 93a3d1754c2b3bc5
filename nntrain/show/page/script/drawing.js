// A drawing pad: strokes of mouse, pen or finger -> a picture, after each change.

const PEN = 20; // line width; the pad has 280 pixels

// Calls changed with the picture on the pad, or null where it was cleared.
function startDrawing(canvas, changed) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let [last, waiting] = [null, false];

  function wipe() {
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }

  function read() {
    if (!waiting) return; // cleared, or replaced, since the stroke
    waiting = false;
    const { data: colours } = context.getImageData(0, 0, canvas.width, canvas.height);
    const drawing = picture(canvas.height, canvas.width);
    for (let i = 0; i < drawing.pixels.length; i++) drawing.pixels[i] = colours[4 * i];
    changed(drawing);
  }

  function line(from, to) {
    context.strokeStyle = "#fff";
    context.lineWidth = PEN;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    if (!waiting) requestAnimationFrame(read);
    waiting = true;
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - canvas.clientLeft, event.clientY - box.top - canvas.clientTop];
    return [(x * canvas.width) / canvas.clientWidth, (y * canvas.height) / canvas.clientHeight];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || last) return;
    event.preventDefault();
    if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
    last = { id: event.pointerId, at: place(event) };
    line(last.at, last.at);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || event.pointerId !== last.id) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const at = place(move);
      line(last.at, at);
      last.at = at;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (last && event.pointerId === last.id) last = null;
    });
  }
  wipe();

  return {
    clear() {
      waiting = false;
      wipe();
      changed(null);
    },
    // Shows an image, enlarged, without reading it back.
    put(pixels, shape) {
      const picture = document.createElement("canvas");
      waiting = false;
      paintPixels(picture, pixels, shape);
      context.imageSmoothingEnabled = false;
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    },
  };
}
