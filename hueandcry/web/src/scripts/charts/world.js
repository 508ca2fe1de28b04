// The world by country, in Equal Earth (Savric, Patterson, Jenny 2018): a choropleth needs areas that can be compared.
// The shapes of world-atlas cross the 180th meridian uncut, so d3-geo's stream, which cuts them, does the projecting.
import { registerMap } from "echarts/core";
import { geoEqualEarth } from "d3-geo";
import { feature } from "topojson-client";
import { seriesOf } from "./palette.js";

const earth = geoEqualEarth().rotate([-11, 0]); // cut in the Bering Strait, so that Chukotka stays with Russia
const projection = { project: (point) => earth(point), unproject: (point) => earth.invert(point), stream: earth.stream };

let loading;
function load(url) {
  loading ??= fetch(url).then((answer) => answer.json()).then((atlas) => {
    registerMap("world", { geoJSON: feature(atlas, atlas.objects.countries) });
  });
  return loading;
}

const names = (language) => {
  const known = new Intl.DisplayNames([language || "en"], { type: "region", fallback: "code" });
  return (code) => (/^[A-Z]{2}$/.test(code) ? known.of(code) : code);
};

/** Upper bounds of five classes from the least that is shown, round numbers at roughly equal steps on a logarithmic scale. */
function steps(low, most) {
  const round = (value) => {
    const unit = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map((factor) => factor * unit).reduce((best, next) => (Math.abs(Math.log(next / value)) < Math.abs(Math.log(best / value)) ? next : best));
  };
  const bounds = [0.2, 0.4, 0.6, 0.8].map((part) => Math.max(1, round(low * (most / low) ** part)));
  return [...new Set(bounds)].filter((bound) => bound >= low && bound < most);
}

const span = (from, to, look) => (from < to ? `${look.number(from)}–${look.number(to)}` : look.number(to));

function pieces(most, low, least, look) {
  const bounds = [0, ...steps(low, most), most];
  const colours = look.sequence.slice(look.sequence.length - (bounds.length - 1));
  return bounds.slice(1).map((to, i) => ({ gt: i ? bounds[i] : -1, lte: to, color: colours[i], label: span(i ? bounds[i] + 1 : least, to, look) }));
}

export async function world(spec, look, { width, figure }) {
  await load(figure.dataset.world);
  const narrow = width < 600;
  const [series] = seriesOf(spec);
  const name = names(document.documentElement.lang);
  const rows = new Map(spec.rows.map((row) => [row[0], row]));
  const most = Math.max(1, ...spec.rows.map((row) => series.value(row) ?? 0));
  const low = Math.max(1, Math.min(most, ...spec.rows.map((row) => series.value(row) || most))); // no class for what is never shown
  const least = spec.rows.some((row) => series.value(row) === 0) ? 0 : low; // where none is none, "0" is no class
  const told = (code) => {
    const row = rows.get(code);
    if (!row) return spec.words.unknown;
    if (series.suppressed(row)) return spec.words.suppressed;
    return series.value(row) === null ? spec.words.unknown : `${look.number(series.value(row))} ${spec.unit}`;
  };
  return {
    tooltip: { ...look.ground(spec).tooltip, formatter: ({ name: code }) => `${name(code)}\n${told(code)}` },
    visualMap: { type: "piecewise", pieces: pieces(most, low, least, look).reverse(), left: 0, bottom: 0, orient: "vertical", itemWidth: narrow ? 12 : 18, itemHeight: narrow ? 9 : 12, itemGap: narrow ? 3 : 6, textGap: 6, textStyle: { color: look.ink, fontSize: narrow ? 11 : 12 }, selectedMode: false, hoverLink: false, outOfRange: { color: look.noData } },
    series: [{
      type: "map", map: "world", projection, left: 0, right: 0, top: 4, bottom: narrow ? 24 : 4, selectedMode: false, roam: false,
      itemStyle: { areaColor: look.noData, borderColor: look.surface, borderWidth: 0.6 },
      emphasis: { label: { show: false }, itemStyle: { areaColor: undefined, borderColor: look.ink, borderWidth: 1.2 } },
      data: spec.rows.map((row) => {
        if (!series.suppressed(row)) return { name: row[0], value: series.value(row) ?? undefined };
        return { name: row[0], value: NaN, itemStyle: { areaColor: look.hatchGround, color: look.hatchGround, decal: look.suppressed.decal, borderColor: look.hatch } };
      }),
    }],
  };
}
