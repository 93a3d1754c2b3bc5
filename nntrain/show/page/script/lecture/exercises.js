// Section 11: "check my number", and the place in the contents.

// Reads 0.25, 0,25, −1/3, 2 1/4, ln 3 and ln(3)/2; NaN for anything else.
function readNumber(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(/,/g, ".");
  const number = String.raw`(\d*\.?\d+)`;
  const found = new RegExp(String.raw`^([-+]?)\s*(?:ln\s*${number}|ln\s*\(\s*${number}\s*\)|(?:(\d+)\s+)?${number})(?:\s*/\s*${number})?$`).exec(plain);
  if (!found) return NaN;
  const [, sign, log, inner, whole = 0, top, bottom = 1] = found;
  if (whole && !found[6]) return NaN; // "2 3" is not a number
  const value = Number(whole) + (top ? Number(top) : Math.log(Number(log ?? inner))) / Number(bottom);
  return sign === "-" ? -value : value;
}

const CLOSE = 0.005; // two right decimals are enough

for (const question of document.querySelectorAll("[data-answer]")) {
  const labels = LECTURE.labels.exercises;
  const { value, text } = LECTURE.answers[question.dataset.answer];
  const [input, output] = [question.querySelector("input"), question.querySelector("output")];
  const check = () => {
    const given = readNumber(input.value);
    const right = Math.abs(given - value) <= CLOSE;
    output.className = right ? "right" : "wrong";
    output.textContent = Number.isNaN(given) ? labels.no_number : right ? filled(labels.correct, { value: text }) : labels.wrong;
  };
  question.querySelector("button").addEventListener("click", check);
  input.addEventListener("keydown", (event) => event.key === "Enter" && check());
}

// The contents mark the section that is read.
const CONTENTS = new Map(Array.from(document.querySelectorAll("nav a"), (link) => [link.hash.slice(1), link]));
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) CONTENTS.get(target.id)?.classList.toggle("here", isIntersecting);
  },
  { rootMargin: "-30% 0px -65% 0px" },
);
document.querySelectorAll("main section").forEach((section) => watcher.observe(section));
