// Menus are <details>: they open without a script. Here: one at a time, closed by Escape or a click elsewhere.
const menus = () => document.querySelectorAll("details.menu[open]");

export function watchMenus() {
  document.addEventListener("click", ({ target }) => {
    for (const menu of menus()) if (!menu.contains(target)) menu.open = false;
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // A filter or a select that should act at once says so; without scripts its form's button does.
  document.addEventListener("change", ({ target }) => {
    if (target.closest("[data-submit-on-change]")) target.form?.requestSubmit();
  });
}

/** On a narrow screen the part that is open may lie beyond the edge of the row of parts: bring it in. */
export function showTab() {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const row = tab.closest(".tabs");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}
