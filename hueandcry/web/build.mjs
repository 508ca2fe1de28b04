// Bundles what a page loads into static/dist: `npm run build`, or `npm run watch` while working on it.
//
//   theme.js    tiny and blocking: sets the theme before the first paint
//   app.js      htmx, keyboard, menus, drop zone; charts-*.js is fetched only where a page holds a chart
//   verify.js   checks certificates on the device, loaded by /verify/ alone; verify-worker.js keeps that page, and
//               verify-files.json says which files of ours it loads
//   app.css     Tabler (the parts we use), Inter, our styles
//   world.json  countries (Natural Earth through world-atlas), keyed by ISO 3166-1 alpha-2
//   LICENCES.txt  whose work is in here
// and icons.json beside this file, which Python reads to draw icons inside the page; it is committed, so that pages
// render before the first bundle.
import { build, context } from "esbuild";
import * as sass from "sass";
import countries from "i18n-iso-countries";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const dist = path.join(here, "static/dist");
const modules = path.join(root, "node_modules");

const scss = {
  name: "scss",
  setup(bundler) {
    bundler.onLoad({ filter: /\.scss$/ }, ({ path: file }) => {
      const made = sass.compile(file, { loadPaths: [modules], style: "compressed", quietDeps: true });
      return { contents: made.css, loader: "css", resolveDir: path.dirname(file), watchFiles: made.loadedUrls.map(fileURLToPath) };
    });
  },
};

const common = { bundle: true, minify: true, outdir: dist, legalComments: "none", logLevel: "warning", target: ["es2022", "chrome125", "firefox128", "safari17.5"] };
const jobs = [
  { ...common, entryPoints: { theme: "theme.js" }, absWorkingDir: path.join(here, "src/scripts"), format: "iife" },
  { ...common, entryPoints: { app: "app.js" }, metafile: true, absWorkingDir: path.join(here, "src/scripts"), format: "esm", splitting: true, chunkNames: "[name]-[hash]" },
  { ...common, entryPoints: { verify: "page.js" }, absWorkingDir: path.join(here, "src/verify"), format: "esm" },
  { ...common, entryPoints: { "verify-worker": "worker.js" }, absWorkingDir: path.join(here, "src/verify"), format: "iife" },
  { ...common, entryPoints: { app: "app.scss" }, absWorkingDir: path.join(here, "src/styles"), plugins: [scss], loader: { ".woff2": "file" }, assetNames: "fonts/[name]" },
];

/** The inside of each icon named in icons.txt, as Tabler draws it (24 x 24, stroke 2). */
async function icons() {
  const names = (await readFile(path.join(here, "src/icons.txt"), "utf8")).split(/\s+/).filter(Boolean).sort();
  const drawn = {};
  for (const name of names) {
    const svg = await readFile(path.join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    drawn[name] = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
  }
  await writeFile(path.join(here, "icons.json"), `${JSON.stringify(drawn, null, 1)}\n`);
}

/** world-atlas keys countries by ISO numeric code; pages speak alpha-2. A few places have no code there. */
async function world() {
  const uncoded = { Kosovo: "XK" }; // user-assigned code, as the EU and Eurostat use it
  const atlas = JSON.parse(await readFile(path.join(modules, "world-atlas/countries-50m.json"), "utf8"));
  const shapes = atlas.objects.countries;
  shapes.geometries = shapes.geometries
    .map(({ id, properties, ...shape }) => ({ ...shape, properties: { name: (id && countries.numericToAlpha2(id)) || uncoded[properties.name] || properties.name } }))
    .filter((shape) => shape.properties.name !== "AQ"); // Antarctica reports nothing and takes a fifth of the height
  delete atlas.objects.land;
  await writeFile(path.join(dist, "world.json"), JSON.stringify(atlas));
}

/** What app.js loads at once, by the names of files: it is needed without a network as well. */
async function needed({ outputs }) {
  const named = ({ path: file }) => path.basename(file);
  const app = Object.entries(outputs).find(([file]) => path.basename(file) === "app.js")[1];
  const files = app.imports.filter(({ kind }) => kind === "import-statement").map(named);
  await writeFile(path.join(dist, "verify-files.json"), JSON.stringify(files));
}

// What our dependencies bring into the bundle
const BROUGHT = ["lru-cache", "rdf-canonize", "setimmediate", "xmlchars", "yallist", "zrender"];

/** Name, version and licence text of every package whose work ends up in the bundle. */
async function licences() {
  const { dependencies } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const parts = [];
  for (const name of [...Object.keys(dependencies), ...BROUGHT].sort()) {
    const folder = path.join(modules, name);
    const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const files = (await readdir(folder, { withFileTypes: true })).filter((file) => file.isFile() && /^(licen[cs]e|notice)/i.test(file.name));
    const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file.name), "utf8")));
    parts.push([`${name} ${about.version} (${about.license})`, about.homepage ?? "", ...texts].join("\n"));
  }
  parts.push("Country shapes: Natural Earth (public domain), naturalearthdata.com, by way of world-atlas.");
  await writeFile(path.join(dist, "LICENCES.txt"), `${parts.join(`\n\n${"-".repeat(78)}\n\n`)}\n`);
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await icons();
if (process.argv.includes("--watch")) {
  await world();
  await Promise.all(jobs.map(async (job) => (await context(job)).watch()));
  console.log(`Watching ${path.relative(root, path.join(here, "src"))}; stop with Ctrl-C.`);
} else {
  const [, , ...built] = await Promise.all([world(), licences(), ...jobs.map((job) => build(job))]);
  await needed(built.find(({ metafile }) => metafile).metafile);
  const made = (await readdir(dist)).filter((file) => existsSync(path.join(dist, file)));
  console.log(`Bundled ${made.length} files into ${path.relative(root, dist)}.`);
}
