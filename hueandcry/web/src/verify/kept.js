// What this device goes by: the contexts, the installation's bundle, and one that somebody chose from a file, if any.
import { BadBundle, MOST, read } from "./bundle.js";
import { time } from "./dates.js";
import { object, text } from "./values.js";

const CHOSEN = "hueandcry-chosen-bundle"; // no name that the service worker tidies away
const PLACE = "/verify/chosen.json";
const DAY = 86_400_000;
export const OLD = 7; // days after which a bundle is said to be old

async function fetched(address, cache = "default") {
  const response = await fetch(address, { credentials: "omit", cache });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

export const contexts = async (address) => (await fetched(address)).json();
export const ofInstallation = async (address) => read(await (await fetched(address, "no-cache")).text()); // revoked a minute ago is revoked

/** The bundle that was chosen on this device, or null. */
export async function chosen() {
  const held = globalThis.caches && (await (await caches.open(CHOSEN)).match(PLACE));
  return held ? read(await held.text()) : null;
}

/** Go by this bundle from now on; without one, by the installation's again. */
export async function choose(content) {
  if (!globalThis.caches) return;
  const cache = await caches.open(CHOSEN);
  if (content) await cache.put(PLACE, new Response(content, { headers: { "Content-Type": "application/json" } }));
  else await cache.delete(PLACE);
}

/** The text of a bundle's file and the bundle. Throws BadBundle. */
export async function opened(file) {
  if (file.size > MOST) throw new BadBundle("the bundle has more than 64,000,000 bytes");
  const content = await file.text();
  return { content, bundle: read(content) };
}

const said = (root) => JSON.stringify([root.id, root.key, root.since, root.until]);

/** The roots of a bundle that another does not hold word for word. */
export function strangers(bundle, known) {
  const held = new Set([...(known?.roots.values() ?? [])].flat().map(said));
  return [...bundle.roots.values()].flat().filter((root) => !held.has(said(root)));
}

/** As of when a bundle speaks, in milliseconds: when it was made, or the oldest of its status lists, which are signed. */
export function asOf(bundle) {
  const lists = [...bundle.statusLists.values()].map((each) => time(text(each.validFrom)));
  const told = [time(bundle.made), ...lists].filter((each) => each !== null);
  return told.length ? Math.min(...told) : null;
}

/** Whole days since then; negative where this device's clock is behind. */
export const age = (bundle, now = Date.now()) => (asOf(bundle) === null ? null : Math.floor((now - asOf(bundle)) / DAY));

/** How many roots it trusts, and how many issuers those accredited. */
export const counted = (bundle) => ({ roots: bundle.roots.size, providers: bundle.accreditations.size });

/** Of a list of roots the words to show: whose, and the key. */
export const shown = (root) => ({ name: root.name, key: text(object(root).key) ? `${root.id}#${root.key}` : root.id });
