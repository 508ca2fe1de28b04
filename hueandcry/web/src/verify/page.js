// The page /verify/: a certificate is checked here, on the device; its file is sent nowhere. Whatever a certificate or a
// bundle says is shown as text, never as markup. Without this script the form posts to the server, which checks the same.
import { Checker } from "./check.js";
import { MOST_PICTURE } from "./read.js";
import * as kept from "./kept.js";
import { time } from "./dates.js";

const root = document.querySelector("[data-verify]");
const words = JSON.parse(document.getElementById("verify-words").textContent);
const part = (name, within = root) => within.querySelector(`[data-part="${name}"]`);
const language = document.documentElement.lang || "en";
const fill = (said, values) => said.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
const day = (at) => new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" }).format(at);
const moment = (at) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at);
const many = (number, name) => fill(words[`${name}_${new Intl.PluralRules(language).select(number) === "one" ? "one" : "other"}`], { number });

/** What checking goes by: contexts, the bundle in use, the installation's own. */
const held = { contexts: null, bundle: null, own: null, chosen: false };

function made(tag, said, kind = "") {
  const element = document.createElement(tag);
  element.textContent = said;
  if (kind) element.className = kind;
  return element;
}

const state = (said, kind) => made("span", said, `state state-${kind}`);

// The verdict

function vouching({ what, id, name, until, holds }) {
  const ends = time(until);
  const line = made("li", "");
  line.append(state(holds ? words.holds : words.fails, holds ? "good" : "signal"), made("span", `${words[what]}: `, "soft"), name ? made("strong", name) : made("code", id));
  if (ends !== null) line.append(made("span", fill(words.until, { day: day(ends) }), "soft"));
  return line;
}

function facts({ issuer, subject, achievement }) {
  const told = [];
  if (issuer.name) told.push([words.issued_by, issuer.name]);
  const about = Object.values(subject);
  if (about.length || achievement.name) told.push([words.held_by, about[0] || words.not_named]);
  if (achievement.description) told.push([words.says, achievement.description]);
  return told.flatMap(([term, said]) => [made("dt", term), made("dd", said)]);
}

function problem({ text: said, of }) {
  const line = made("li", said);
  if (of === "accreditation") line.append(made("span", ` (${words.of_issuer})`, "soft"));
  return line;
}

function show(found, file) {
  const sheet = document.getElementById("verdict").content.cloneNode(true).firstElementChild;
  sheet.classList.add(found.valid ? "verdict-valid" : "verdict-refused");
  part(found.valid ? "refused" : "valid", sheet).remove();
  part("name", sheet).textContent = found.achievement.name || file.name;
  part("facts", sheet).replaceChildren(...facts(found));
  part("against", sheet).textContent = fill(words.against, { file: file.name, day: bundleDay() });
  const lists = { problems: found.problems.map(problem), chain: found.chain.map(vouching), aged: warnings() };
  for (const [name, lines] of Object.entries(lists)) part(name, sheet).replaceChildren(...lines);
  if (!found.chain.length) part("vouching", sheet).remove();
  if (found.valid) part("problems", sheet).remove();
  part("verdict").replaceChildren(sheet);
  part("verdict").scrollIntoView({ block: "start" });
}

function bundleDay() {
  const at = kept.asOf(held.bundle);
  return at === null ? words.no_day : moment(at);
}

function complain(said) {
  const sheet = made("div", "", "sheet verdict verdict-refused");
  sheet.append(made("p", said));
  part("verdict").replaceChildren(sheet);
}

async function check(file) {
  await ready;
  if (!held.contexts || !held.bundle) await refresh();
  if (!held.contexts || !held.bundle) return complain(words.not_ready);
  root.setAttribute("aria-busy", "true");
  try {
    const content = new Uint8Array(await file.slice(0, MOST_PICTURE + 1).arrayBuffer());
    show(await new Checker(held.bundle, held.contexts).file(content, form.elements.about.value.trim()), file);
  } catch {
    complain(words.unreadable); // a file that went away while it was read
  } finally {
    root.removeAttribute("aria-busy");
  }
}

// The bundle

/** What is to be said of a bundle's day: it is old, or the clock of this device is wrong. */
function warnings() {
  const old = kept.age(held.bundle);
  if (old === null) return [state(words.no_date, "doubt")];
  if (old < -1) return [state(words.clock, "doubt"), made("span", words.set_clock)];
  if (old > kept.OLD) return [state(many(old, "days"), "doubt"), made("span", words.old)];
  return [];
}

function tellBundle() {
  const line = part("bundle");
  part("own-again").hidden = !held.chosen;
  if (!held.bundle) return line.replaceChildren(state(words.no_bundle, "doubt"), made("span", words.go_online));
  const { roots, providers } = kept.counted(held.bundle);
  const said = made("span", fill(held.chosen ? words.bundle_chosen : words.bundle_own, { day: bundleDay(), roots: many(roots, "roots"), providers: many(providers, "providers") }));
  const [mark, ...why] = warnings();
  return line.replaceChildren(roots ? (mark ?? state(words.fresh, "good")) : state(words.nobody, "doubt"), said, ...why);
}

async function refresh() {
  const [contexts, own, chosen] = await Promise.allSettled([held.contexts ?? kept.contexts(root.dataset.contexts), kept.ofInstallation(root.dataset.bundle), kept.chosen()]);
  if (contexts.status === "fulfilled") held.contexts = contexts.value;
  if (own.status === "fulfilled") held.own = own.value;
  const taken = chosen.status === "fulfilled" ? chosen.value : null;
  Object.assign(held, { bundle: taken ?? held.own, chosen: Boolean(taken) });
  tellBundle();
}

async function use(content, bundle) {
  await kept.choose(content);
  Object.assign(held, { bundle: bundle ?? held.own, chosen: Boolean(bundle) });
  part("asked").hidden = true;
  part("said").textContent = bundle ? words.taken : words.own_taken;
  tellBundle();
}

/** A bundle from a file brings its roots along: those that are new here are shown, and taken only by who says so. */
async function offered(file) {
  part("asked").hidden = true;
  part("said").textContent = "";
  let found;
  try {
    found = await kept.opened(file);
  } catch (error) {
    part("said").textContent = fill(words.bad_bundle, { why: error.message });
    return;
  }
  const { content, bundle } = found;
  const strange = kept.strangers(bundle, held.bundle);
  const before = held.bundle && kept.asOf(bundle) !== null && kept.asOf(bundle) < kept.asOf(held.bundle);
  if (!strange.length && !before) return use(content, bundle);
  part("older").hidden = !before;
  part("strangers").hidden = !strange.length;
  part("roots").replaceChildren(...strange.map((each) => {
    const { name, key } = kept.shown(each);
    const line = made("li", "");
    line.append(made("strong", name || words.no_name), made("code", key));
    return line;
  }));
  part("trust").onclick = () => use(content, bundle);
  part("asked").hidden = false;
  part("asked").focus();
}

// The device

async function keepPage() {
  const line = part("device");
  const tell = (said, why, kind) => line.replaceChildren(state(said, kind), made("span", why));
  if (!navigator.serviceWorker || !globalThis.caches) return tell(words.not_kept, words.not_kept_why, "doubt");
  try {
    await navigator.serviceWorker.register(root.dataset.worker);
    await navigator.serviceWorker.ready;
    tell(words.kept, words.kept_why, "good");
  } catch {
    if (navigator.serviceWorker.controller) tell(words.kept, words.kept_why, "good");
    else tell(words.not_kept, words.not_kept_why, "doubt");
  }
}

const form = root.querySelector("form");
const input = form.elements.file;
const ready = refresh();
for (const each of root.querySelectorAll("[data-here]")) each.hidden = false;
for (const each of root.querySelectorAll("[data-server]")) each.hidden = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.files.length) check(input.files[0]);
});
input.addEventListener("change", () => input.files.length && check(input.files[0]));
form.addEventListener("dragover", (event) => event.preventDefault());
form.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) check(event.dataTransfer.files[0]);
});
part("bundle-file").addEventListener("change", ({ target }) => target.files.length && offered(target.files[0]));
part("leave").addEventListener("click", () => {
  part("asked").hidden = true;
  part("bundle-file").value = "";
  part("said").textContent = words.left;
});
part("own-again").addEventListener("click", () => use(null, null));
addEventListener("online", refresh);
keepPage();
