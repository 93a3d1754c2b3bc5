// Arrow keys go from one control of a group to the nearest in that direction; Tab leaves the group.

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function rove(group, selector) {
  const controls = () => Array.from(group.querySelectorAll(selector));
  const only = (chosen) => controls().forEach((one) => one.setAttribute("tabindex", one === chosen ? 0 : -1));
  only(controls()[0]);
  group.addEventListener("focusin", ({ target }) => target.matches(selector) && only(target));
  group.addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction || !event.target.matches(selector)) return;
    const next = nearest(event.target, controls(), direction);
    event.preventDefault();
    next?.focus();
  });
}

// The control with the least distance, where a step aside counts thrice.
function nearest(from, controls, [x, y]) {
  const middle = (one) => {
    const box = one.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [left, top] = middle(from);
  let [best, least] = [null, Infinity];
  for (const one of controls) {
    const [across, down] = middle(one);
    const ahead = (across - left) * x + (down - top) * y;
    const aside = Math.abs((across - left) * y) + Math.abs((down - top) * x);
    if (ahead > 1 && ahead + 3 * aside < least) [best, least] = [one, ahead + 3 * aside];
  }
  return best;
}
