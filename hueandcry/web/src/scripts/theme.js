// Runs before the first paint (blocking, in <head>), so that a chosen theme never flashes. Without a choice, or without
// scripts, the system decides (color-scheme in styles/_tokens.scss).
const root = document.documentElement;
root.classList.add("js");
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.bsTheme = chosen;
} catch {
  // storage refused by the browser: the system's theme it is
}
