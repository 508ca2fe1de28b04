// Colours come from the style sheet (styles/_tokens.scss), as the theme has them now.
const range = (name, to) => Array.from({ length: to }, (_, i) => `${name}-${i + 1}`);

export function palette(element, scheme = "") {
  const probe = element.ownerDocument.createElement("span");
  probe.style.colorScheme = scheme; // an image to take away is light, whatever the page is
  element.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const look = {
    ink: colour("ink"), soft: colour("ink-soft"), line: colour("line"), surface: colour("surface"), raised: colour("raised"),
    signal: colour("signal-text"), noData: colour("no-data"), hatch: colour("hatch"), hatchGround: colour("hatch-ground"), other: colour("cat-other"),
    categories: range("cat", 7).map(colour), sequence: range("seq", 5).map(colour),
    font: scheme ? "sans-serif" : getComputedStyle(element).fontFamily, // our own font stays with the page
  };
  probe.remove();
  return { ...look, ...marks(look) };
}

/** A tile of diagonal lines, for grounds that cannot carry a decal. */
function hatching(look) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = look.hatchGround;
  pen.globalAlpha = 0.5;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = look.hatch;
  pen.lineWidth = 0.8;
  for (const x of [-8, 0, 8]) {
    pen.moveTo(x, 8);
    pen.lineTo(x + 8, 0);
  }
  pen.stroke();
  return { image: tile, repeat: "repeat", imageWidth: 8, imageHeight: 8 };
}

/** Hatching that says "suppressed" or "provisional", and the patterns that tell series apart without colour. */
function marks(look) {
  const number = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 2 });
  return {
    provisional: hatching(look),
    number: (value) => number.format(value).replace(/,/g, "\u202f"),
    suppressed: { color: look.hatchGround, borderColor: look.hatch, decal: { color: look.hatch, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 } },
    axis: { axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false }, axisLabel: { color: look.soft, fontSize: 12, fontFamily: look.font } },
    ground: () => ({
      backgroundColor: "transparent",
      color: look.categories,
      textStyle: { fontFamily: look.font, color: look.ink },
      aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
      tooltip: { renderMode: "richText", confine: true, backgroundColor: look.raised, borderColor: look.line, borderWidth: 1, padding: [8, 12], textStyle: { color: look.ink, fontSize: 13, fontFamily: look.font }, transitionDuration: 0 },
    }),
  };
}

/** Marks and line styles by which series differ even in grey. */
export const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow"];
export const DASHES = ["solid", [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [1, 2], [12, 4]];

/** Quiet patterns over the category colours, drawn in the surface's colour. */
export function decal(at, surface) {
  const patterns = [
    null,
    { dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 },
    { symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [5, 0], symbolSize: 0.7 },
    { dashArrayX: [1, 0], dashArrayY: [1, 5] },
    { dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
    { dashArrayX: [1, 0], dashArrayY: [1, 5], rotation: Math.PI / 2 },
    { symbol: "rect", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.8 },
  ];
  const pattern = patterns[at % patterns.length];
  return pattern ? { color: surface, ...pattern } : { symbol: "none" };
}

/** Values, bounds and suppression of one series, told apart once for every kind of chart. */
export function seriesOf(spec) {
  const index = (key, role) => spec.columns.findIndex((column) => column.key === key && column.role === role);
  return spec.columns.filter(({ role }) => role === "value").map(({ key, label }) => {
    const [value, low, high] = [index(key, "value"), index(key, "low"), index(key, "high")];
    return {
      key, label, bounded: low >= 0 && high >= 0,
      value: (row) => (typeof row[value] === "number" ? row[value] : null),
      suppressed: (row) => row[value] === "suppressed",
      low: (row) => (low >= 0 ? row[low] : null),
      high: (row) => (high >= 0 ? row[high] : null),
    };
  });
}

/** "912 (870 to 960) reports", or the word for why there is no number. */
export function said(spec, look, series, row) {
  if (series.suppressed(row)) return spec.words.suppressed;
  const value = series.value(row);
  if (value === null) return spec.words.unknown;
  const [low, high] = [series.low(row), series.high(row)];
  const bounds = typeof low === "number" && typeof high === "number" ? ` (${look.number(low)} ${spec.words.to} ${look.number(high)})` : "";
  return look.number(value) + bounds;
}
