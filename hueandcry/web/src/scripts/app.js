// What every page gets. Pages work without it; this makes them quicker to use.
import htmx from "htmx.org";
import { watchThemeSwitch } from "./themeswitch.js";
import { watchKeys } from "./keys.js";
import { showTab, watchMenus } from "./menus.js";
import { watchDropZones } from "./dropzone.js";

// A strict Content-Security-Policy is in force: no eval, no injected style, our own server only.
Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false, allowScriptTags: false, selfRequestsOnly: true, historyCacheSize: 0 });
window.htmx = htmx;

const drawCharts = async (root) => {
  const figures = root.querySelectorAll("[data-chart]:not([data-drawn])");
  if (figures.length) (await import("./charts.js")).draw(figures);
};

watchThemeSwitch();
watchKeys();
watchMenus();
showTab();
watchDropZones(document);
drawCharts(document);
document.addEventListener("htmx:load", ({ detail }) => {
  watchDropZones(detail.elt);
  drawCharts(detail.elt);
});
