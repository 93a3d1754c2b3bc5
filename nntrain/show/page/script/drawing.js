// A drawing pad: strokes of mouse, pen or finger -> a picture, after each change.

const PEN = 20; // line width; the pad has 280 pixels

class DrawingPad {
  stroke = null; // {id, at}: the pointer that draws and where it is
  waiting = false; // a stroke is to be read in the next frame
  shows = false; // an image that put() placed, which a stroke replaces

  // Calls changed with the picture on the pad, or null where it was cleared.
  constructor(canvas, changed) {
    Object.assign(this, { canvas, changed });
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.follow(event));
    for (const kind of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(kind, ({ pointerId }) => {
        if (pointerId === this.stroke?.id) this.stroke = null;
      });
    }
    this.wipe();
  }

  begin(event) {
    if (event.button !== 0 || this.stroke) return;
    event.preventDefault();
    if (event.isTrusted) this.canvas.setPointerCapture(event.pointerId);
    if (this.shows) this.wipe();
    this.stroke = { id: event.pointerId, at: this.placeOf(event) };
    this.line(this.stroke.at);
  }

  follow(event) {
    if (event.pointerId !== this.stroke?.id) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) this.line(this.placeOf(move));
  }

  placeOf({ clientX, clientY }) {
    const { canvas } = this;
    const box = canvas.getBoundingClientRect();
    const [x, y] = [clientX - box.left - canvas.clientLeft, clientY - box.top - canvas.clientTop];
    return [(x * canvas.width) / canvas.clientWidth, (y * canvas.height) / canvas.clientHeight];
  }

  // Draws from where the stroke is to a place.
  line(to) {
    const { context, stroke } = this;
    context.strokeStyle = "#fff";
    context.lineWidth = PEN;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...stroke.at);
    context.lineTo(...to);
    context.stroke();
    stroke.at = to;
    if (!this.waiting) requestAnimationFrame(() => this.read());
    this.waiting = true;
  }

  read() {
    if (!this.waiting) return; // cleared, or replaced, since the stroke
    this.waiting = false;
    const { width, height } = this.canvas;
    const { data: colours } = this.context.getImageData(0, 0, width, height);
    const drawing = picture(height, width);
    for (let i = 0; i < drawing.pixels.length; i++) drawing.pixels[i] = colours[4 * i];
    this.changed(drawing);
  }

  wipe() {
    this.waiting = this.shows = false;
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  clear() {
    this.wipe();
    this.changed(null);
  }

  // Shows an image, enlarged, without reading it back.
  put(pixels, shape) {
    const image = document.createElement("canvas");
    paintPixels(image, pixels, shape);
    this.waiting = false;
    this.shows = true;
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(image, 0, 0, this.canvas.width, this.canvas.height);
  }
}
