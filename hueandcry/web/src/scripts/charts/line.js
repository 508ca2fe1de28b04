// A time series: lines, the band of each estimate drawn, the provisional tail dashed under a hatched ground, what is to
// come dotted behind a border, and a line with words where the level changed.
import { DASHES, SYMBOLS, said, seriesOf } from "./palette.js";

function band(series, spec, colour) {
  const hidden = { type: "line", stack: `band-${series.key}`, stackStrategy: "all", symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, legendHoverLink: false };
  const bound = (row) => typeof series.low(row) === "number" && typeof series.high(row) === "number";
  return [
    { ...hidden, name: `low-${series.key}`, data: spec.rows.map((row) => (bound(row) ? series.low(row) : null)) },
    { ...hidden, name: `high-${series.key}`, data: spec.rows.map((row) => (bound(row) ? series.high(row) - series.low(row) : null)), areaStyle: { color: colour, opacity: 0.18 } },
  ];
}

/** Where each part of a line begins: what is settled, what is provisional, what is forecast. */
function parts(spec) {
  const at = (time) => (time ? spec.rows.findIndex(([name]) => name >= time) : -1);
  const ahead = at(spec.forecastFrom) < 0 ? spec.rows.length : at(spec.forecastFrom);
  const late = at(spec.provisionalFrom);
  return { late: late < 0 ? ahead : Math.min(late, ahead), ahead };
}

function drawn(series, at, spec, look, { late, ahead }) {
  const colour = look.categories[at % look.categories.length];
  const shared = { type: "line", name: series.label, symbol: SYMBOLS[at % SYMBOLS.length], symbolSize: 6, showSymbol: spec.rows.length <= 40, itemStyle: { color: colour }, emphasis: { disabled: true } };
  const values = spec.rows.map((row) => series.value(row));
  const cut = (from, to) => values.map((value, i) => (i >= from && i < to ? value : null));
  const hollow = { color: look.surface, borderColor: colour, borderWidth: 1.5 };
  const lines = [{ ...shared, data: cut(0, late), lineStyle: { color: colour, width: 2, type: DASHES[at % DASHES.length] } }];
  if (late < ahead) lines.push({ ...shared, itemStyle: hollow, data: cut(late - 1, ahead), lineStyle: { color: colour, width: 1.5, type: [3, 4], opacity: 0.8 } });
  if (ahead < values.length) lines.push({ ...shared, symbol: "none", data: cut(ahead - 1, values.length), lineStyle: { color: colour, width: 1.5, type: [1, 4] } });
  return [...(series.bounded ? band(series, spec, colour) : []), ...lines];
}

const tag = (look, words, more) => ({ show: true, formatter: words, color: look.ink, fontSize: 12, backgroundColor: look.surface, padding: [2, 6], borderRadius: 3, ...more });

function grounds(spec, look, { late, ahead }) {
  const areas = [];
  const name = (at) => spec.rows[Math.min(spec.rows.length - 1, Math.max(0, at))][0];
  if (late < ahead) areas.push([{ xAxis: name(late - 1), itemStyle: { color: look.provisional, opacity: 0.7 }, label: tag(look, spec.words.provisional, { position: "insideTop", distance: 6 }) }, { xAxis: name(ahead - 1) }]);
  if (ahead < spec.rows.length) areas.push([{ xAxis: name(ahead - 1), itemStyle: { color: look.noData, opacity: 0.5 }, label: tag(look, spec.words.forecast, { position: "insideTop", distance: late < ahead ? 28 : 6 }) }, { xAxis: name(spec.rows.length - 1) }]);
  return areas.length ? [{ type: "line", name: "ground", data: [], silent: true, markArea: { silent: true, data: areas } }] : [];
}

function marked(spec, look) {
  const known = new Set(spec.rows.map(([time]) => time));
  const data = spec.marks.filter(({ at }) => known.has(at)).map(({ at, words }, i) => ({ xAxis: at, label: tag(look, words, { position: "insideEndTop", rotate: 0, distance: [6, -18 - 22 * (i % 3)], align: "left" }) }));
  return data.length ? [{ type: "line", name: "marks", data: [], silent: true, markLine: { silent: true, symbol: "none", animation: false, data, lineStyle: { color: look.signal, width: 1.5, type: "solid" } } }] : [];
}

/** What is held back stands at the foot, hatched: it is not nothing, and no gap. */
function held(spec, look, all) {
  const rows = spec.rows.filter((row) => all.some((series) => series.suppressed(row)));
  if (!rows.length) return [];
  const most = Math.max(1, ...spec.rows.flatMap((row) => all.map((series) => series.high(row) ?? series.value(row) ?? 0)));
  return [{ type: "bar", name: "held", silent: true, tooltip: { show: false }, barMaxWidth: 18, barCategoryGap: "20%", itemStyle: look.suppressed, data: spec.rows.map((row) => (rows.includes(row) ? most * 0.045 : null)) }];
}

export function line(spec, look, { width }) {
  const all = seriesOf(spec);
  const where = parts(spec);
  const told = all.some((series) => spec.rows.some((row) => typeof series.value(row) === "number")); // else an axis says nothing
  const lines = all.length > 1 ? 1 + Math.floor(all.reduce((sum, { label }) => sum + 60 + 7 * label.length, 0) / Math.max(200, width)) : 0;
  const named = (i) => (i >= where.ahead ? `, ${spec.words.forecast}` : i >= where.late ? `, ${spec.words.provisional}` : "");
  return {
    grid: { left: 8, right: 24, top: 36 + 24 * lines, bottom: 4, containLabel: true },
    legend: { show: all.length > 1, data: all.map(({ label }) => label), left: 0, top: 0, itemGap: 20, icon: undefined, textStyle: { color: look.ink, fontSize: 13 }, inactiveColor: look.line },
    tooltip: {
      ...look.ground(spec).tooltip, trigger: "axis", axisPointer: { lineStyle: { color: look.soft } },
      formatter: ([{ dataIndex }]) => {
        const row = spec.rows[dataIndex];
        const marks = spec.marks.filter(({ at }) => at === row[0]).map(({ words }) => words);
        return [`${row[0]}${named(dataIndex)}`, ...marks, ...all.map((series) => `${series.label}: ${said(spec, look, series, row)}`)].join("\n");
      },
    },
    xAxis: { type: "category", boundaryGap: false, data: spec.rows.map(([time]) => time), ...look.axis, axisLabel: { ...look.axis.axisLabel, hideOverlap: true } },
    yAxis: { type: "value", name: spec.unit, nameLocation: "end", nameGap: 12, nameTextStyle: { color: look.soft, align: "left", padding: [0, 0, 0, -28] }, splitNumber: width < 480 ? 3 : 5, splitLine: { lineStyle: { color: look.line } }, ...look.axis, axisLine: { show: false }, axisLabel: { ...look.axis.axisLabel, show: told, formatter: look.number } },
    series: [...grounds(spec, look, where), ...held(spec, look, all), ...all.flatMap((series, at) => drawn(series, at, spec, look, where)), ...marked(spec, look)],
  };
}
