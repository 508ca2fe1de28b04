// What a document states as RDF, and that it says nothing beyond it. JSON-LD and RDFC-1.0 are jsonld's work; contexts are
// those handed in, nothing is ever fetched.
//
// A signature by eddsa-rdfc-2022 covers statements, not JSON. `faithful` is the W3C's context validation (Data Integrity
// 1.0, 4.6): a document has to be the compacted form of its own statements, in the words of contexts that are at hand, and
// of nothing else. So a word that no context knows, a member spelled as an address, a list inside a list, or a status that
// was moved elsewhere is refused. Stricter than openvc in Python: contexts written inside a document are not taken at all.
import jsonld from "jsonld";
import canonicalize from "canonicalize";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { CREDENTIALS, CREDENTIALS_1 } from "./shape.js";
import { isObject, list } from "./values.js";

const BASES = [CREDENTIALS, CREDENTIALS_1];
const BASE = "http://example.org/base/"; // what pyld takes a name without an address to be of; `faithful` then refuses it
const VALUES = 4000; // of a document, objects and lists counted as well
const PATIENCE = 10_000; // milliseconds that making a canonical form may take
const IRI = /^([A-Za-z][A-Za-z0-9+.-]*|_):\S*$/;
const STATUS = "https://www.w3.org/2018/credentials#credentialStatus";

/** A vocabulary is not at hand. */
export class UnknownContext extends Error {}

/** A text's bytes; throws where half a character is in it, which would become another. */
export function wellFormed(said) {
  if (!said.isWellFormed()) throw new Error("a text in it is no text");
  return utf8ToBytes(said);
}

class Digest {
  #hash = sha256.create();
  update(words) {
    this.#hash.update(utf8ToBytes(words));
  }
  digest() {
    return bytesToHex(this.#hash.digest());
  }
}

export class Statements {
  /** `contexts`: by address the contexts that are known. */
  constructor(contexts) {
    this.contexts = new Map(Object.entries(contexts));
    const documentLoader = async (url) => {
      if (!this.contexts.has(url)) throw new UnknownContext(url);
      return { contextUrl: null, documentUrl: url, document: this.contexts.get(url), tag: "static" };
    };
    this.options = { documentLoader, base: null };
  }

  /** The statements as canonical N-Quads, in bytes. Throws UnknownContext where a context is not at hand. */
  async canonical(document) {
    // jsonld keeps contexts for as long as it runs: of these alone, and not of those that another list had at hand
    for (const each of list(document["@context"])) {
      if (typeof each !== "string" || this.contexts.has(each)) continue;
      throw IRI.test(each) ? new UnknownContext(each) : new Error("it names a context by no address");
    }
    exact(document);
    const canonizeOptions = { createMessageDigest: () => new Digest(), signal: AbortSignal.timeout(PATIENCE) };
    try {
      return wellFormed(await jsonld.canonize(document, { ...this.options, base: BASE, safe: false, canonizeOptions }));
    } catch (error) {
      for (let cause = error, at = 0; cause && at < 8; cause = cause.details?.cause ?? cause.cause, at += 1) if (cause instanceof UnknownContext) throw cause;
      throw error;
    }
  }

  /** Throws where a document says more, or elsewhere, than what it states. */
  async faithful(document) {
    byBase(document["@context"]);
    plainWords(document, true);
    const expanded = await jsonld.expand(document, { ...this.options, safe: true });
    if (expanded.length !== 1) throw new Error("it describes more than one thing");
    const [node] = expanded;
    whole(node, node["@id"], true);
    const compacted = await jsonld.compact(expanded, document["@context"], { ...this.options, skipExpansion: true });
    if (same(compacted) !== same(document)) throw new Error("it holds words that the signature does not cover");
    statusInPlace(node);
  }
}

/** Throws at a number that jsonld would write down as another (what is tiny it takes for 0, what is huge it rounds), and
 * where there are so many values that comparing them with each other would keep the device for minutes. */
function exact(document) {
  let left = VALUES;
  const look = (value) => {
    left -= 1;
    if (left < 0) throw new Error(`it holds more than ${VALUES} values`);
    if (typeof value === "number" && (Object.is(value, -0) || (Number.isInteger(value) ? !Number.isSafeInteger(value) : !String(value).includes(".")))) {
      throw new Error("it holds a number that cannot be read exactly");
    }
    if (typeof value === "object" && value !== null) Object.values(value).forEach(look);
  };
  look(document);
}

/** The base of verifiable credentials first, and contexts by their addresses only. */
function byBase(named) {
  const listed = list(named);
  if (!BASES.includes(listed[0]) || !listed.every((each) => each && typeof each === "string")) throw new Error("its words are not those of contexts by address");
}

/** Members and types by the words of a context only: no addresses, no keywords, no contexts of their own. */
function plainWords(value, top = false) {
  if (Array.isArray(value)) return value.forEach((each) => plainWords(each));
  if (!isObject(value)) return;
  for (const [name, each] of Object.entries(value)) {
    if (top && name === "@context") continue;
    const said = name === "type" ? list(each) : [];
    if ([name, ...said].some((word) => typeof word !== "string" || /^@|:/.test(word))) throw new Error(`it is not written in plain words (${name.slice(0, 60)})`);
    plainWords(each);
  }
}

/** Nothing that the statements would lose, and the thing itself described in one place. */
function whole(value, topId, top = false) {
  if (Array.isArray(value)) return value.forEach((each) => whole(each, topId));
  if (!isObject(value)) return;
  if (["@included", "@reverse", "@index", "@direction"].some((word) => Object.hasOwn(value, word))) throw new Error("it uses a keyword that is not accepted");
  if (Object.hasOwn(value, "@value")) return;
  if ([...list(value["@id"]), ...list(value["@type"])].some((iri) => typeof iri !== "string" || !IRI.test(iri))) throw new Error("it names a thing or a type by no address");
  if (!top && topId !== undefined && value["@id"] === topId && Object.keys(value).length > 1) throw new Error("it describes itself a second time");
  for (const [name, each] of Object.entries(value)) {
    if (!name.startsWith("@") && (name.startsWith("_:") || !IRI.test(name))) throw new Error("it has a member that is no address");
    if (name !== "@id" && name !== "@type") whole(each, topId);
  }
}

/** An entry of the status may be described under the document's own status only, or be copied whole. */
function statusInPlace(node) {
  const entries = new Map();
  const nodes = (value) => list(value).flatMap((each) => (isObject(each) && Object.hasOwn(each, "@list") ? nodes(each["@list"]) : [each]));
  for (const each of nodes(node[STATUS])) {
    if (isObject(each) && typeof each["@id"] === "string") entries.set(each["@id"], [...(entries.get(each["@id"]) ?? []), same(each)]);
  }
  const look = (value, top, within) => {
    if (Array.isArray(value)) return value.forEach((each) => look(each, false, within));
    if (!isObject(value) || Object.hasOwn(value, "@value")) return;
    if (Object.hasOwn(value, "@list")) return look(value["@list"], false, within);
    const copies = entries.get(value["@id"]);
    if (!within && copies && Object.keys(value).length > 1 && !copies.includes(same(value))) throw new Error("its status is described elsewhere");
    for (const [name, each] of Object.entries(value)) if (name !== "@id" && name !== "@type") look(each, false, top && name === STATUS);
  };
  if (entries.size) look(node, true, false);
}

const same = (value) => canonicalize(folded(value));

/** One spelling of what JSON-LD takes for the same: [x] and x, {"id": x} and x. Never a list inside a list. */
function folded(value, element = false) {
  if (Array.isArray(value)) {
    const items = value.map((each) => folded(each, true));
    return items.length === 1 && !element && !Array.isArray(value[0]) ? items[0] : items;
  }
  if (!isObject(value)) return value;
  const names = Object.keys(value);
  if (names.length === 1 && names[0] === "id") return folded(value.id, element);
  return Object.fromEntries(names.map((name) => [name, folded(value[name])]));
}
