// Class by sector and the like: one hue, its number in each cell, suppressed cells hatched.
import { seriesOf } from "./palette.js";

export function heat(spec, look, { width }) {
  const all = seriesOf(spec);
  const cells = spec.rows.flatMap((row, y) => all.map((series, x) => ({ x, y, value: series.value(row), held: series.suppressed(row) })));
  const numbers = cells.filter(({ value }) => value !== null).map(({ value }) => value);
  const [least, most] = [Math.min(...numbers, 0), Math.max(...numbers, 1)];
  const tight = width < 560;
  const strong = (value) => (value - least) / (most - least || 1) > 0.6;
  return {
    grid: { left: 4, right: 4, top: 8, bottom: 48, containLabel: true },
    tooltip: { ...look.ground(spec).tooltip, formatter: ({ data: { value: [x, y, n], held } }) => `${spec.rows[y][0]}, ${all[x].label}\n${held ? spec.words.suppressed : n === null ? spec.words.unknown : `${look.number(n)} ${spec.unit}`}` },
    xAxis: { type: "category", position: "top", data: all.map(({ label }) => label), ...look.axis, axisLine: { show: false }, axisLabel: { ...look.axis.axisLabel, color: look.ink, interval: 0, rotate: tight ? 50 : 0, width: tight ? 80 : undefined, overflow: "truncate" } },
    yAxis: { type: "category", inverse: true, data: spec.rows.map(([name]) => name), ...look.axis, axisLine: { show: false }, axisLabel: { ...look.axis.axisLabel, color: look.ink, width: tight ? 96 : 180, overflow: "truncate" } },
    visualMap: { type: "continuous", min: least, max: most, seriesIndex: 0, orient: "horizontal", left: "center", bottom: 0, itemWidth: 10, itemHeight: Math.min(200, width * 0.5), text: [`${look.number(most)} ${spec.unit}`, look.number(least)], textStyle: { color: look.soft }, inRange: { color: look.sequence } },
    series: [
      {
        type: "heatmap", itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 3 }, emphasis: { itemStyle: { borderColor: look.ink } },
        data: cells.filter(({ value }) => value !== null).map(({ x, y, value }) => ({ value: [x, y, value], label: { show: !tight || all.length < 7, color: strong(value) ? look.surface : look.ink, formatter: look.number(value), fontSize: tight ? 11 : 13 } })),
      },
      {
        type: "custom", encode: { x: 0, y: 1 }, data: cells.filter(({ value }) => value === null).map(({ x, y, held }) => ({ value: [x, y, null], held })),
        renderItem: (params, api) => {
          const [x, y] = api.coord([api.value(0), api.value(1)]);
          const [w, h] = api.size([1, 1]);
          return { type: "rect", shape: { x: x - w / 2 + 1.5, y: y - h / 2 + 1.5, width: w - 3, height: h - 3, r: 3 }, style: { fill: look.hatchGround, decal: look.suppressed.decal } };
        },
        itemStyle: { color: look.hatchGround, decal: look.suppressed.decal },
      },
    ],
  };
}
