// A time series: lines, the band of each estimate drawn, the provisional tail dashed under a hatched ground.
import { DASHES, SYMBOLS, said, seriesOf } from "./palette.js";

function band(series, spec, colour) {
  const hidden = { type: "line", stack: `band-${series.key}`, symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, legendHoverLink: false };
  return [
    { ...hidden, name: `low-${series.key}`, data: spec.rows.map((row) => series.low(row)) },
    { ...hidden, name: `high-${series.key}`, data: spec.rows.map((row) => (series.high(row) ?? 0) - (series.low(row) ?? 0)), areaStyle: { color: colour, opacity: 0.18 } },
  ];
}

function drawn(series, at, spec, look, from) {
  const colour = look.categories[at % look.categories.length];
  const shared = { type: "line", name: series.label, symbol: SYMBOLS[at % SYMBOLS.length], symbolSize: 6, showSymbol: spec.rows.length <= 40, itemStyle: { color: colour }, emphasis: { disabled: true } };
  const values = spec.rows.map((row) => series.value(row));
  const settled = { ...shared, data: values.map((value, i) => (from < 0 || i < from ? value : null)), lineStyle: { color: colour, width: 2, type: DASHES[at % DASHES.length] } };
  const tail = { ...shared, itemStyle: { color: look.surface, borderColor: colour, borderWidth: 1.5 }, data: values.map((value, i) => (from >= 0 && i >= from - 1 ? value : null)), lineStyle: { color: colour, width: 1.5, type: [3, 4], opacity: 0.8 } };
  return [...(series.bounded ? band(series, spec, colour) : []), settled, ...(from >= 0 ? [tail] : [])];
}

function provisional(spec, look, from) {
  if (from < 0) return [];
  const area = [{ xAxis: spec.rows[Math.max(0, from - 1)][0] }, { xAxis: spec.rows.at(-1)[0] }];
  return [{
    type: "line", name: "provisional", data: [], silent: true,
    markArea: { silent: true, data: [area], itemStyle: { color: look.provisional, opacity: 0.7 }, label: { show: true, position: "insideTop", distance: 6, formatter: spec.words.provisional, color: look.ink, fontSize: 12, backgroundColor: look.surface, padding: [2, 6], borderRadius: 3 } },
  }];
}

export function line(spec, look, { width }) {
  const all = seriesOf(spec);
  const from = spec.provisionalFrom ? spec.rows.findIndex(([time]) => time >= spec.provisionalFrom) : -1;
  return {
    grid: { left: 8, right: 24, top: all.length > 1 ? 56 : 36, bottom: 4, containLabel: true },
    legend: { show: all.length > 1, data: all.map(({ label }) => label), left: 0, top: 0, itemGap: 20, icon: undefined, textStyle: { color: look.ink, fontSize: 13 }, inactiveColor: look.line },
    tooltip: {
      ...look.ground(spec).tooltip, trigger: "axis", axisPointer: { lineStyle: { color: look.soft } },
      formatter: ([{ dataIndex }]) => {
        const row = spec.rows[dataIndex];
        const late = from >= 0 && dataIndex >= from ? `, ${spec.words.provisional}` : "";
        return [`${row[0]}${late}`, ...all.map((series) => `${series.label}: ${said(spec, look, series, row)}`)].join("\n");
      },
    },
    xAxis: { type: "category", boundaryGap: false, data: spec.rows.map(([time]) => time), ...look.axis, axisLabel: { ...look.axis.axisLabel, hideOverlap: true } },
    yAxis: { type: "value", name: spec.unit, nameLocation: "end", nameGap: 12, nameTextStyle: { color: look.soft, align: "left", padding: [0, 0, 0, -28] }, splitNumber: width < 480 ? 3 : 5, splitLine: { lineStyle: { color: look.line } }, ...look.axis, axisLine: { show: false }, axisLabel: { ...look.axis.axisLabel, formatter: look.number } },
    series: [...provisional(spec, look, from), ...all.flatMap((series, at) => drawn(series, at, spec, look, from))],
  };
}
