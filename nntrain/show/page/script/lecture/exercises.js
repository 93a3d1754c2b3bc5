// Section 11: "check my number", and the place in the contents.

// Reads 0.25, 0,25, −1/3, 3/4 and ln 3; NaN for anything else.
function readNumber(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(/,/g, ".").replace(/\s+/g, "");
  const found = /^(-?)(ln\(?)?(\d*\.?\d+)\)?(?:\/(\d*\.?\d+))?$/.exec(plain);
  if (!found) return NaN;
  const [, minus, log, top, bottom = "1"] = found;
  const value = (log ? Math.log(Number(top)) : Number(top)) / Number(bottom);
  return minus ? -value : value;
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
