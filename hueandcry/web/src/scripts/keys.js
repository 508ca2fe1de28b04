// Keys: / to search; in a list j and k go down and up (enter opens, as a link does); x ticks the row.
// A button or link with data-key is pressed by that key.
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

function step(by) {
  const list = document.querySelector("[data-list]");
  if (!list) return;
  const links = [...list.querySelectorAll("[data-row] a[data-open], [data-row] th a")];
  if (!links.length) return;
  const at = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by));
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = document.activeElement?.closest?.("[data-row]")?.querySelector('input[type="checkbox"]');
  box?.click();
}

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    const pressed = event.key.length === 1 && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (pressed) return pressed.click();
    const act = { "/": () => document.querySelector("[data-search]")?.focus(), j: () => step(1), k: () => step(-1), x: tick }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
