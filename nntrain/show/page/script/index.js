// The table of runs: a heading sorts by its column, the address remembers which.

const TABLE = document.getElementById("entries");
const COLLATOR = new Intl.Collator("en", { numeric: true });

// Compares two values of a column; what has none comes last, whichever the direction.
function compared(a, b, kind, sign) {
  if (a === "" || b === "") return (a === "") - (b === "");
  return sign * (kind === "number" ? a - b : COLLATOR.compare(a, b));
}

function sortBy(head, direction) {
  const { key, kind } = head.dataset;
  const sign = direction === "ascending" ? 1 : -1;
  const body = TABLE.tBodies[0];
  const rows = Array.from(body.rows).sort((a, b) => compared(a.dataset[key], b.dataset[key], kind, sign));
  body.append(...rows);
  for (const other of TABLE.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
  document.getElementById("sorted").textContent = `Sorted by ${head.textContent}, ${direction}.`;
}

// Numbers and times begin with the largest; a second press turns the order round.
function nextDirection(head) {
  const first = head.dataset.kind === "number" || head.dataset.key === "started" ? "descending" : "ascending";
  const now = head.getAttribute("aria-sort");
  if (!now) return first;
  return now === "ascending" ? "descending" : "ascending";
}

function startIndex() {
  const heads = Array.from(TABLE.querySelectorAll("th[data-key]"));
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = nextDirection(head);
      sortBy(head, direction);
      history.replaceState(null, "", `#${head.dataset.key}-${direction}`);
    });
  }
  const [key, direction] = location.hash.slice(1).split("-");
  const chosen = heads.find((head) => head.dataset.key === key);
  if (chosen && ["ascending", "descending"].includes(direction)) sortBy(chosen, direction);
}

if (TABLE) startIndex();
