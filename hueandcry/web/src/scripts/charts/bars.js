// Bars side by side or stacked; patterns tell the series apart as well as colours do.
import { decal, said, seriesOf } from "./palette.js";

export function bars(spec, look, { width }) {
  const all = seriesOf(spec);
  const colour = (at) => (at < look.categories.length ? look.categories[at] : look.other);
  return {
    grid: { left: 8, right: 12, top: all.length > 1 ? (width < 520 ? 84 : 60) : 36, bottom: 4, containLabel: true },
    legend: { show: all.length > 1, left: 0, top: 0, itemGap: 16, itemWidth: 18, itemHeight: 12, textStyle: { color: look.ink, fontSize: 13 }, inactiveColor: look.line },
    tooltip: {
      ...look.ground(spec).tooltip, trigger: "axis", axisPointer: { type: "shadow" },
      formatter: ([{ dataIndex }]) => [spec.rows[dataIndex][0], ...all.map((series) => `${series.label}: ${said(spec, look, series, spec.rows[dataIndex])}`)].join("\n"),
    },
    xAxis: { type: "category", data: spec.rows.map(([name]) => name), ...look.axis, axisLabel: { ...look.axis.axisLabel, hideOverlap: true } },
    yAxis: { type: "value", name: spec.unit, nameGap: 12, nameTextStyle: { color: look.soft, align: "left", padding: [0, 0, 0, -28] }, splitLine: { lineStyle: { color: look.line } }, ...look.axis, axisLine: { show: false }, axisLabel: { ...look.axis.axisLabel, formatter: look.number } },
    series: all.map((series, at) => ({
      type: "bar", name: series.label, stack: spec.stacked ? "all" : undefined, barMaxWidth: 48, emphasis: { disabled: true },
      itemStyle: { color: colour(at), decal: decal(at, look.surface), borderColor: look.surface, borderWidth: spec.stacked ? 1 : 0 },
      data: spec.rows.map((row) => series.value(row)),
    })),
  };
}
