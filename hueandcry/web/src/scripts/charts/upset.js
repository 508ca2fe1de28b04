// Which sets meet (UpSet: Lex, Gehlenborg, Strobelt, Vuillemot, Pfister 2014): a bar a combination, and under it a dot in
// the line of each set that is part of it, joined. Combinations run across on a wide page and down on a telephone.
import { said, seriesOf } from "./palette.js";

const LINE = 26; // pixels of a set

function across(spec, look, series) {
  const foot = LINE * spec.sets.length;
  const names = spec.rows.map((_, i) => String(i));
  const label = { show: true, position: "top", distance: 5, color: look.ink, fontSize: 12 };
  const most = Math.max(1, ...spec.rows.map((row) => series.value(row) ?? 0));
  const wide = 8 + 7.2 * Math.max(...spec.sets.map((name) => name.length));
  const quiet = { axisLine: { show: false }, axisTick: { show: false } };
  return {
    grid: [{ left: wide + 20, right: 8, top: 30, bottom: foot + 20 }, { left: wide + 20, right: 8, height: foot, bottom: 6 }],
    xAxis: [
      { gridIndex: 0, type: "category", data: names, ...quiet, axisLabel: { show: false }, axisLine: { show: true, lineStyle: { color: look.line } } },
      { gridIndex: 1, type: "category", data: names, ...quiet, axisLabel: { show: false } },
    ],
    yAxis: [
      { gridIndex: 0, type: "value", name: spec.unit, nameGap: 12, nameTextStyle: { color: look.soft, align: "right" }, splitNumber: 4, splitLine: { lineStyle: { color: look.line } }, ...look.axis, ...quiet, axisLabel: { ...look.axis.axisLabel, formatter: look.number } },
      { gridIndex: 1, type: "category", inverse: true, data: spec.sets, ...quiet, axisLabel: { color: look.ink, fontSize: 13, fontFamily: look.font }, splitArea: { show: true, areaStyle: { color: [look.noData, "transparent"], opacity: 0.5 } } },
    ],
    series: [
      bars(spec, look, series, label, most, false),
      { ...dots(spec, look, 1), encode: { x: 0, y: 1 } },
    ],
  };
}

function down(spec, look, series) {
  const foot = LINE * spec.sets.length;
  const names = spec.rows.map((_, i) => String(i));
  const label = { show: true, position: "right", distance: 5, color: look.ink, fontSize: 12 };
  const most = Math.max(1, ...spec.rows.map((row) => series.value(row) ?? 0));
  const high = 12 + 6 * Math.max(...spec.sets.map((name) => name.length));
  const quiet = { axisLine: { show: false }, axisTick: { show: false } };
  return {
    grid: [{ left: foot + 16, right: 56, top: high, bottom: 8 }, { left: 4, width: foot, top: high, bottom: 8 }],
    xAxis: [
      { gridIndex: 0, type: "value", splitLine: { show: false }, axisLabel: { show: false } },
      { gridIndex: 1, type: "category", position: "top", data: spec.sets, ...quiet, axisLabel: { color: look.ink, fontSize: 12, fontFamily: look.font, rotate: 60, interval: 0 } },
    ],
    yAxis: [
      { gridIndex: 0, type: "category", inverse: true, data: names, ...quiet, axisLabel: { show: false } },
      { gridIndex: 1, type: "category", inverse: true, data: names, ...quiet, axisLabel: { show: false }, splitArea: { show: true, areaStyle: { color: [look.noData, "transparent"], opacity: 0.5 } } },
    ],
    series: [
      bars(spec, look, series, label, most, true),
      { ...dots(spec, look, 1, true), encode: { x: 1, y: 0 } },
    ],
  };
}

function bars(spec, look, series, label, most, lying) {
  const round = lying ? [0, 3, 3, 0] : [3, 3, 0, 0];
  return {
    type: "bar", xAxisIndex: 0, yAxisIndex: 0, barMaxWidth: 26, emphasis: { disabled: true },
    data: spec.rows.map((row) => {
      if (series.suppressed(row)) return { value: most * 0.05, itemStyle: look.suppressed, label: { ...label, formatter: lying ? spec.words.suppressed : "", color: look.soft, fontStyle: "italic" } };
      return { value: series.value(row), itemStyle: { color: look.categories[0], borderRadius: round }, label: { ...label, formatter: () => look.number(series.value(row) ?? 0) } };
    }),
  };
}

/** Dots and what joins them, one shape a combination. */
function dots(spec, look, grid, lying = false) {
  return {
    type: "custom", xAxisIndex: grid, yAxisIndex: grid, silent: true, tooltip: { show: false },
    data: spec.rows.map((_, i) => (lying ? [i, 0] : [i, 0])),
    renderItem: (params, api) => {
      const row = api.value(0);
      const place = (set) => api.coord(lying ? [set, row] : [row, set]);
      const inside = spec.members[row];
      const circle = (set) => ({ type: "circle", shape: { cx: place(set)[0], cy: place(set)[1], r: 5.5 }, style: { fill: inside.includes(set) ? look.ink : look.line } });
      const [[x1, y1], [x2, y2]] = [place(Math.min(...inside)), place(Math.max(...inside))];
      const joined = inside.length > 1 ? [{ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: look.ink, lineWidth: 2.5 } }] : [];
      return { type: "group", children: [...joined, ...spec.sets.map((_, set) => circle(set))] };
    },
  };
}

export function upset(spec, look, { width }) {
  const [series] = seriesOf(spec);
  const tooltip = { ...look.ground(spec).tooltip, formatter: ({ dataIndex }) => `${spec.rows[dataIndex][0]}\n${said(spec, look, series, spec.rows[dataIndex])} ${series.suppressed(spec.rows[dataIndex]) ? "" : spec.unit}` };
  return { ...(width < 600 ? down : across)(spec, look, series), tooltip };
}
