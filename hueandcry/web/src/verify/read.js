// The credential in a file: JSON, or a PNG or SVG badge; the twin of academy/credentials/baked.py. Bounded. XML is read by
// saxes, piece by piece as Python's expat does: no page is made of it, and nothing it names is fetched or expanded.
import { SaxesParser } from "saxes";
import { isObject, tooDeep, tooMany } from "./values.js";

export const MOST = 1_000_000; // bytes of a credential
export const MOST_PICTURE = 2_000_000;
const DEPTH = 30; // of objects and lists inside each other
const VALUES = 2_000; // of a document, objects and lists counted as well
const KEYWORD = "openbadgecredential";
const NAMESPACE = "https://purl.imsglobal.org/ob/v3p0";
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const SPACE = [9, 10, 11, 12, 13, 32];

/** There is no credential that could be checked; `code` and message are a problem's. */
export class Unreadable extends Error {
  constructor(words, code = "unreadable") {
    super(words);
    this.code = code;
  }
}

/** The document in the bytes of a file. Throws Unreadable. */
export function document(content) {
  const inside = isPng(content) || isSvg(content) ? unbaked(content) : content;
  if (inside.length > MOST) throw new Unreadable(`The credential has more than ${grouped(MOST)} bytes.`);
  const said = decoded(stripped(inside));
  if (said.startsWith("ey") && said.split(".").length === 3) {
    throw new Unreadable("It is signed as a JSON Web Token, which is not accepted here: ask for it with an embedded proof.", "proof-unknown");
  }
  const told = parsed(said);
  if (!isObject(told)) throw new Unreadable("It is JSON, but no object.");
  if (tooDeep(told, DEPTH)) throw new Unreadable("Its parts lie too deep inside each other.");
  if (tooMany(told, VALUES)) throw new Unreadable("It holds more than 2,000 values.");
  if (odd(told)) throw new Unreadable("It is no JSON: it holds half a character, or a name that cannot be read.");
  return told;
}

const isPng = (content) => PNG.every((byte, at) => content[at] === byte);

function isSvg(content) {
  let at = 0;
  while ([0xef, 0xbb, 0xbf, 9, 10, 13, 32].includes(content[at])) at += 1;
  return content[at] === 0x3c;
}

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

function stripped(content) {
  let [from, to] = [0, content.length];
  while (from < to && SPACE.includes(content[from])) from += 1;
  while (to > from && SPACE.includes(content[to - 1])) to -= 1;
  return content.subarray(from, to);
}

function decoded(content) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new Unreadable(`It is ${isSvg(content) ? "neither JSON nor a picture that can be read (it is not in UTF-8)" : "no JSON: it is not in UTF-8"}.`);
  }
}

function parsed(said) {
  try {
    return JSON.parse(said);
  } catch (error) {
    throw new Unreadable(`It is no JSON: ${error.message.slice(0, 120)}.`);
  }
}

/** Half a character, or a name by which a library would change what kind of object it has. */
function odd(value) {
  if (typeof value === "string") return /\p{Surrogate}/u.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, each]) => name === "__proto__" || odd(name) || odd(each));
}

function unbaked(content) {
  if (content.length > MOST_PICTURE) throw new Unreadable(`The picture has more than ${grouped(MOST_PICTURE)} bytes.`);
  return isPng(content) ? fromPng(content) : new TextEncoder().encode(fromSvg(content));
}

function fromPng(content) {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const named = (at) => String.fromCharCode(...content.subarray(at, at + 4));
  for (let at = PNG.length; at + 8 <= content.length; ) {
    const [length, name, begin] = [view.getUint32(at), named(at + 4), at + 8];
    if (begin + length + 4 > content.length) throw new Unreadable("The PNG picture is cut off.");
    const found = name === "iTXt" ? fromChunk(content.subarray(begin, begin + length)) : null;
    if (found) return found;
    if (name === "IEND") break;
    at = begin + length + 4;
  }
  throw new Unreadable("There is no credential in the PNG picture.");
}

function fromChunk(body) {
  const end = body.indexOf(0);
  if (end < 0 || String.fromCharCode(...body.subarray(0, Math.min(end, 80))) !== KEYWORD) return null;
  if (body.length < end + 3 || body[end + 1] !== 0) {
    throw new Unreadable("The credential in the PNG picture is compressed, which Open Badges does not allow.");
  }
  const language = body.indexOf(0, end + 3);
  const translated = language < 0 ? -1 : body.indexOf(0, language + 1);
  return translated < 0 ? new Uint8Array() : body.subarray(translated + 1);
}

function fromSvg(content) {
  const [parser, held, found] = [new SaxesParser({ xmlns: true }), [], []];
  let inside = 0;
  const ours = ({ uri, local }) => uri === NAMESPACE && local === "credential";
  const keep = (words) => inside && held.push(words);
  parser.on("opentag", (tag) => {
    if (!ours(tag)) return;
    inside += 1;
    if (tag.attributes.verify?.value) found.push(tag.attributes.verify.value);
  });
  parser.on("closetag", (tag) => {
    if (!ours(tag)) return;
    inside -= 1;
    const words = held.splice(0).join("").trim();
    if (words) found.push(words);
  });
  parser.on("text", keep);
  parser.on("cdata", keep);
  parser.on("doctype", (words) => {
    if (words.includes("<!ENTITY")) throw new Unreadable("The SVG picture declares entities, which are not read.");
  });
  try {
    parser.write(decoded(content)).close();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`It is neither JSON nor a picture that can be read (${error.message.slice(0, 120)}).`);
  }
  if (!found.length) throw new Unreadable("There is no credential in the SVG picture.");
  return found[0];
}
