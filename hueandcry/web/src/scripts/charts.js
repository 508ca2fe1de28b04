// Draws every <figure data-chart>: reads the JSON that stands beside it, draws it with ECharts on a canvas (the strict
// Content-Security-Policy forbids the inline styles that SVG and HTML tooltips would need), and again when the theme or
// the width changes. The table under "As a table" holds the same rows and is what a screen reader reads.
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { BarChart, CustomChart, HeatmapChart, LineChart, MapChart } from "echarts/charts";
import { CanvasRenderer } from "echarts/renderers";
import * as echarts from "echarts/core";
import { palette } from "./charts/palette.js";
import { bars } from "./charts/bars.js";
import { heat } from "./charts/heat.js";
import { line } from "./charts/line.js";
import { ranking } from "./charts/ranking.js";
import { upset } from "./charts/upset.js";
import { world } from "./charts/world.js";

echarts.use([AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, BarChart, CustomChart, HeatmapChart, LineChart, MapChart, CanvasRenderer]);

const kinds = { bars, heat, line, map: world, ranking, upset };
const still = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = new Set();

async function paint(figure, plot, chart, spec) {
  const look = palette(plot);
  const option = await kinds[spec.kind](spec, look, { width: plot.clientWidth, figure });
  chart.setOption({ ...look.ground(spec), animation: !still.matches, animationDuration: 140, ...option }, { notMerge: true });
}

/** Buttons that take the chart away as SVG or PNG; what draws them is fetched on the first click. */
function images(figure, plot, spec) {
  const place = figure.querySelector(".chart-images");
  if (!place) return;
  place.hidden = false;
  place.addEventListener("click", async ({ target }) => {
    const kind = target.closest("[data-image]")?.dataset.image;
    if (!kind) return;
    const { image, save } = await import("./charts/image.js");
    const look = palette(plot, "light");
    const drawn = await image(kind, spec, look, Math.max(320, plot.clientHeight), (width) => kinds[spec.kind](spec, look, { width, figure }));
    save(drawn, `${figure.id}.${kind}`);
  });
}

async function start(figure) {
  figure.dataset.drawn = "";
  const spec = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  // Few pages hold a graph: what draws it is fetched where one is, and before init, which asks what there is to draw with
  const graphs = spec.kind === "graph" && (await import("./charts/graph.js"));
  if (graphs) kinds.graph = graphs.graph;
  const plot = figure.querySelector("[data-plot]");
  if (!spec.rows.length) return plot.remove(); // the table says that there is nothing
  if (spec.kind === "upset") plot.classList.add(`sets-${Math.min(30, spec.rows.length)}`);
  if (spec.kind === "ranking" || spec.kind === "heat") plot.classList.add(`rows-${Math.min(30, spec.rows.length)}`);
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `${spec.title}, ${spec.unit}`);
  const chart = echarts.init(plot, null, { renderer: "canvas" });
  const entry = { again: () => paint(figure, plot, chart, spec) };
  drawn.add(entry);
  entry.again();
  chart.on("click", ({ dataIndex, dataType, seriesType }) => {
    const to = seriesType !== "heatmap" && dataType !== "edge" && spec.links[dataIndex];
    if (to) location.assign(to);
  });
  if (graphs) graphs.steer(figure, chart, entry.again);
  else images(figure, plot, spec);
  let width = plot.clientWidth;
  new ResizeObserver(() => {
    if (plot.clientWidth === width || !plot.clientWidth) return;
    width = plot.clientWidth;
    chart.resize();
    entry.again();
  }).observe(plot);
}

export function draw(figures) {
  for (const figure of figures) if (!("drawn" in figure.dataset)) start(figure); // asked for twice while this file was on its way
}

document.addEventListener("themechange", () => drawn.forEach(({ again }) => again()));
addEventListener("beforeprint", () => drawn.forEach(({ again }) => again()));
