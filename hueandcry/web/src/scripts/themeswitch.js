// Light, dark or as the system has it; kept in this browser.
const root = document.documentElement;

const chosen = () => root.dataset.bsTheme ?? "system";

function choose(theme) {
  if (theme === "system") delete root.dataset.bsTheme;
  else root.dataset.bsTheme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // storage refused: the choice holds for this page
  }
  show();
  document.dispatchEvent(new Event("themechange"));
}

function show() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
  }
}

export function watchThemeSwitch() {
  show();
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("themechange")));
}
