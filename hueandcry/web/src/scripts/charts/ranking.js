// Horizontal bars, longest first as given; whiskers for bounds; a suppressed row is hatched and says so.
import { said, seriesOf } from "./palette.js";

function whiskers(series, spec, look) {
  return {
    type: "custom", silent: true, tooltip: { show: false }, z: 4, encode: { x: [1, 2], y: 0 },
    data: spec.rows.flatMap((row, i) => (typeof series.low(row) === "number" && typeof series.high(row) === "number" ? [[i, series.low(row), series.high(row)]] : [])),
    renderItem: (_, api) => {
      const [left, y] = api.coord([api.value(1), api.value(0)]);
      const [right] = api.coord([api.value(2), api.value(0)]);
      const stroke = { stroke: look.ink, lineWidth: 1.5 };
      const cut = (x) => ({ type: "line", shape: { x1: x, y1: y - 5, x2: x, y2: y + 5 }, style: stroke });
      const words = { type: "text", style: { x: right + 8, y, text: said(spec, look, series, spec.rows[api.value(0)]).split(" (")[0], textVerticalAlign: "middle", fill: look.ink, fontSize: 12, fontFamily: look.font } };
      return { type: "group", children: [{ type: "line", shape: { x1: left, y1: y, x2: right, y2: y }, style: stroke }, cut(left), cut(right), words] };
    },
  };
}

export function ranking(spec, look, { width }) {
  const [series] = seriesOf(spec);
  const most = Math.max(1, ...spec.rows.map((row) => series.high(row) ?? series.value(row) ?? 0));
  const told = spec.rows.some((row) => typeof series.value(row) === "number"); // an axis of what is all held back says nothing
  const label = { show: true, position: "right", distance: 8, color: look.ink, fontSize: 12 };
  return {
    grid: { left: 4, right: 64, top: 4, bottom: 24, containLabel: true },
    tooltip: { ...look.ground(spec).tooltip, formatter: ({ dataIndex }) => `${spec.rows[dataIndex][0]}\n${said(spec, look, series, spec.rows[dataIndex])}` },
    xAxis: { type: "value", name: spec.unit, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: look.soft }, splitNumber: width < 480 ? 3 : 5, splitLine: { lineStyle: { color: look.line } }, ...look.axis, axisLine: { show: false }, axisLabel: { ...look.axis.axisLabel, show: told, hideOverlap: true, formatter: look.number } },
    yAxis: { type: "category", inverse: true, data: spec.rows.map(([name]) => name), ...look.axis, axisLabel: { ...look.axis.axisLabel, color: look.ink, fontSize: 13, width: Math.min(200, width * 0.36), overflow: "truncate" } },
    series: [
      {
        type: "bar", barMaxWidth: 22, barMinWidth: 8, emphasis: { disabled: true },
        data: spec.rows.map((row) => {
          if (series.suppressed(row)) return { value: most * 0.06, itemStyle: look.suppressed, label: { ...label, formatter: spec.words.suppressed, color: look.soft, fontStyle: "italic" } };
          return { value: series.value(row), itemStyle: { color: look.categories[0], borderRadius: [0, 3, 3, 0] }, label: { ...label, show: !series.bounded, formatter: () => said(spec, look, series, row) } };
        }),
      },
      ...(series.bounded ? [whiskers(series, spec, look)] : []),
    ],
  };
}
