// Nodes and ties at places that the server computed (web/graphs.py). Groups differ by shape and by colour; a click leads
// to the thing; nodes can be pulled about. The wheel is left to the page: buttons beside the graph zoom.
import { install } from "echarts/lib/chart/graph/install.js"; // not by way of echarts/charts: what only graphs need stays here
import { use } from "echarts/core";
import { LabelLayout } from "echarts/features";

use([install, LabelLayout]);

const LABELLED = 22; // nodes named without being pointed at
const touch = matchMedia("(pointer: coarse)");

function nodes(spec, look, narrow) {
  const named = new Set(spec.rows.map((row, at) => [row[4], at]).sort((a, b) => b[0] - a[0]).slice(0, narrow ? LABELLED / 3 : LABELLED).map(([, at]) => at));
  return spec.rows.map(([label, group, x, y, size], at) => ({
    id: String(at), name: label, category: group, symbolSize: narrow ? size * 0.7 : size,
    ...(narrow ? { x: y, y: x } : { x, y }), // a telephone is higher than wide, the graph the other way about
    cursor: spec.links[at] ? "pointer" : "move",
    label: { show: named.has(at) },
    itemStyle: { color: look.categories[spec.groups[group].colour - 1], borderColor: look.surface, borderWidth: 1 },
  }));
}

export function graph(spec, look, { width }) {
  const narrow = width < 600;
  const told = ({ dataType, dataIndex }) => {
    if (dataType !== "edge") {
      const [label, group, , , , detail] = spec.rows[dataIndex];
      return [label, spec.groups[group].label, detail].filter(Boolean).join("\n");
    }
    const [from, to, , label] = spec.edges[dataIndex];
    return [`${spec.rows[from][0]} – ${spec.rows[to][0]}`, label].filter(Boolean).join("\n");
  };
  return {
    tooltip: { ...look.ground(spec).tooltip, formatter: told },
    legend: {
      left: 0, top: 0, itemWidth: 14, itemHeight: 14, itemGap: narrow ? 10 : 18, textStyle: { color: look.ink, fontSize: 12 },
      data: spec.groups.map(({ label, shape, colour }) => ({ name: label, icon: shape, itemStyle: { color: look.categories[colour - 1] } })),
    },
    series: [{
      type: "graph", layout: "none", left: 24, right: narrow ? 60 : 130, top: narrow ? 64 : 44, bottom: 20, preserveAspect: "contain",
      // a finger scrolls the page; it moves the graph once that was made larger
      roam: touch.matches ? false : "move", draggable: !touch.matches,
      scaleLimit: { min: 0.5, max: 12 }, nodeScaleRatio: 0.5,
      categories: spec.groups.map(({ label, shape, colour }) => ({ name: label, symbol: shape, itemStyle: { color: look.categories[colour - 1] } })),
      data: nodes(spec, look, narrow),
      links: spec.edges.map(([from, to, thick]) => ({ source: String(from), target: String(to), lineStyle: { width: thick } })),
      lineStyle: { color: look.soft, opacity: spec.edges.length > 600 ? 0.3 : 0.45 },
      label: { position: "right", distance: 4, color: look.ink, fontSize: 11, fontFamily: look.font, width: 130, overflow: "truncate", textBorderColor: look.surface, textBorderWidth: 3 },
      labelLayout: { hideOverlap: true },
      emphasis: { focus: spec.rows.length > 200 ? "none" : "adjacency", scale: false, label: { show: true, width: 260 }, lineStyle: { opacity: 0.9 } },
    }],
  };
}

/** The buttons beside the graph: larger, smaller, as it was. */
export function steer(figure, chart, again) {
  let zoom = 1;
  figure.addEventListener("click", ({ target }) => {
    const way = target.closest("[data-graph]")?.dataset.graph;
    if (!way) return;
    if (way === "fit") {
      zoom = 1;
      again();
    } else {
      const step = way === "in" ? 1.4 : 1 / 1.4;
      zoom *= step;
      chart.dispatchAction({ type: "graphRoam", seriesIndex: 0, zoom: step, originX: chart.getWidth() / 2, originY: chart.getHeight() / 2 });
      if (touch.matches) chart.setOption({ series: [{ roam: zoom > 1 ? "move" : false }] });
    }
  });
}
