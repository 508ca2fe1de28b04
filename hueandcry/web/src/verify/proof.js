// Does a signature hold: Data Integrity 1.0 with eddsa-rdfc-2022 or eddsa-jcs-2022 (W3C vc-di-eddsa 1.0). Ed25519 and
// SHA-256 are noble's, base58 is scure's, RFC 8785 is canonicalize's.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { base58 } from "@scure/base";
import canonicalize from "canonicalize";
import { moment, time } from "./dates.js";
import { BADGES } from "./shape.js";
import { UnknownContext, wellFormed } from "./statements.js";
import { has, list, text } from "./values.js";

export const SUITES = ["eddsa-rdfc-2022", "eddsa-jcs-2022"];
const CHANGED = "The signature does not fit: it was changed after signing, or signed by another key.";
const LEEWAY = 60_000;
const LONGEST = 4096; // letters of a key or a signature

const wrong = (code, words) => ({ key: "", problem: { code, text: words } });

/** Which key (multibase) signed, or what is wrong with the proof: {key, problem}. */
export async function checked(document, proof, issuer, { statements, at }) {
  const method = text(proof.verificationMethod);
  const [controller, named = ""] = cut(method);
  const isKey = controller.startsWith("did:key:");
  let key = named;
  if (isKey && (!named || controller === `did:key:${named}`)) key = controller.slice("did:key:".length);
  else if (controller.startsWith("did:") || !controller.includes(":") || !named.startsWith("z")) {
    return wrong("key-unknown", `The key it names is not at hand: ${method.slice(0, 120) || "none"}.`);
  }
  if (controller !== issuer) return wrong("key-of-another", "It is signed by a key that is not its issuer's.");
  if (proof.proofPurpose !== "assertionMethod") return wrong("proof-malformed", "Its signature was not made for a statement.");
  try {
    const bytes = publicKey(key);
    if (!bytes) return wrong("key-unknown", "The key it names is no Ed25519 key.");
    if (!(await holds(document, proof, bytes, statements))) return wrong("signature-wrong", CHANGED);
    datesRead(document, proof, at);
    if (over(proof, at)) return wrong("expired", "Its signature was made to count for a time that is over.");
    return { key, problem: null };
  } catch (error) {
    if (error instanceof UnknownContext) return wrong("context-unknown", "It uses a vocabulary that is not at hand, so it cannot be read.");
    return wrong("proof-malformed", `Its signature cannot be read: ${String(error.message).slice(0, 200)}.`);
  }
}

function cut(method) {
  const at = method.indexOf("#");
  return at < 0 ? [method] : [method.slice(0, at), method.slice(at + 1)];
}

/** The 32 bytes of a key in multibase; null where it is a key of another kind, throws where it is none. */
function publicKey(key) {
  const bytes = multibase(key);
  if (bytes[0] === 0xed && bytes[1] === 0x01) {
    if (bytes.length !== 34) throw new Error("the key is not 32 bytes long");
    return bytes.subarray(2);
  }
  if (bytes[0] === 0x80 && bytes[1] === 0x24) return null; // P-256
  if (bytes[0] === 0x81 && bytes[1] === 0x24) return null; // P-384
  throw new Error("the key is of a kind that is not known");
}

function multibase(value) {
  if (!value.startsWith("z") || value.length > LONGEST) throw new Error("it is not written in base58");
  return base58.decode(value.slice(1));
}

async function holds(document, proof, key, statements) {
  if (proof.type !== "DataIntegrityProof") throw new Error("the proof is no DataIntegrityProof");
  if (typeof proof.proofValue !== "string") throw new Error("the proof has no value");
  const signature = multibase(proof.proofValue);
  const { proof: _proof, ...unsecured } = document;
  const { proofValue: _value, ...config } = proof;
  config["@context"] = document["@context"] ?? null;
  if (proof.cryptosuite === "eddsa-jcs-2022") return verified(signature, canonicalBytes(config), canonicalBytes(unsecured), key);
  const plain = plainlyTyped(unsecured);
  const fits = verified(signature, await statements.canonical(config), await statements.canonical(plain), key);
  if (fits) {
    await statements.faithful(plain);
    await statements.faithful(config);
  }
  return fits;
}

const canonicalBytes = (value) => wellFormed(canonicalize(value));

/** Strictly by RFC 8032: no key of small order, no second form of a signature. */
function verified(signature, config, unsecured, key) {
  if (signature.length !== 64) return false;
  return ed25519.verify(signature, concatBytes(sha256(config), sha256(unsecured)), key, { zip215: false });
}

/** AchievementCredential is an alias of OpenBadgeCredential: the statements are the same. */
function plainlyTyped(document) {
  if (!Array.isArray(document.type) || !list(document["@context"]).includes(BADGES)) return document;
  return { ...document, type: document.type.map((each) => (each === "AchievementCredential" ? "OpenBadgeCredential" : each)) };
}

/** A date that cannot be read is no end and no beginning: it is refused. */
function datesRead(document, proof, at) {
  const begins = bound(document, "validFrom", "issuanceDate");
  if (begins !== null && begins - at > LEEWAY) return; // its dates say so
  bound(document, "validUntil", "expirationDate");
  bound(proof, "expires", "expirationDate");
}

/** Data Integrity 1.0, section 2.1: until when the signature counts. */
function over(proof, at) {
  if (!has(proof, "expires")) return false;
  const until = time(text(proof.expires));
  return until === null || until <= at;
}

function bound(told, ...names) {
  for (const name of names) {
    const value = told[name];
    if (value === undefined || value === null || (typeof value === "string" && !value.trim())) continue;
    const read = typeof value === "string" ? moment(value.trim()) : null;
    if (read === null) throw new Error(`${name} is no date and time`);
    return read;
  }
  return null;
}
