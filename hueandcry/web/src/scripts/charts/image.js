// A chart as an image to take away: drawn anew in the light theme, its title over it and its source under it, inside.
import { SVGRenderer } from "echarts/renderers";
import * as echarts from "echarts/core";

echarts.use([SVGRenderer]);

const WIDTH = 960, EDGE = 24, SIZE = { title: 20, line: 13 };

/** Words in lines no wider than the image. */
function wrapped(words, font, wide) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return words.split(/\s+/).reduce((lines, word) => {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    return lines.length && pen.measureText(longer).width <= wide ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []);
}

const safe = (words) => words.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

/** Title, drawing and source in one SVG. The drawing keeps its own coordinates as a nested image. */
function framed(inner, spec, look, high) {
  const font = look.font;
  const lines = (words, size, weight) => wrapped(words, `${weight} ${size}px ${look.font}`, WIDTH - 2 * EDGE);
  const title = lines(`${spec.title}, ${spec.unit}`, SIZE.title, 650);
  const foot = lines(`${spec.words.source} ${spec.source}`, SIZE.line, 400);
  const top = EDGE + title.length * 26 + 8;
  const whole = top + high + 12 + foot.length * 19 + EDGE - 8;
  const text = (rows, y, size, step, fill, weight) => rows.map((words, i) => `<text x="${EDGE}" y="${y + i * step}" font-family="${font}" font-size="${size}" font-weight="${weight}" fill="${fill}">${safe(words)}</text>`).join("");
  const body = inner.replace(/^<svg /, `<svg x="${EDGE}" y="${top}" `);
  return { width: WIDTH, height: whole, svg: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${WIDTH}" height="${whole}" viewBox="0 0 ${WIDTH} ${whole}"><title>${safe(spec.title)}</title><desc>${safe(`${spec.words.source} ${spec.source}`)}</desc><rect width="100%" height="100%" fill="${look.surface}"/>${text(title, EDGE + 18, SIZE.title, 26, look.ink, 650)}${body}${text(foot, top + high + 24, SIZE.line, 19, look.soft, 400)}</svg>` };
}

async function asPng({ svg, width, height }) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const paper = document.createElement("canvas");
  [paper.width, paper.height] = [width * 2, height * 2];
  paper.getContext("2d").drawImage(picture, 0, 0, paper.width, paper.height);
  return new Promise((done) => paper.toBlob(done, "image/png"));
}

/** ``option(width)`` is what the page draws with, for a plot that wide. */
export async function image(kind, spec, look, high, option) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH - 2 * EDGE, height: high });
  chart.setOption({ ...look.ground(spec), animation: false, ...(await option(WIDTH - 2 * EDGE)) });
  const made = framed(chart.renderToSVGString(), spec, look, high);
  chart.dispose();
  return kind === "png" ? asPng(made) : new Blob([made.svg], { type: "image/svg+xml" });
}

/** Hands the file to the reader. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
