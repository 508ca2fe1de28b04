// Whom a credential is about, by a salted hash or in plain words; the twin of academy/credentials/identity.py.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { isObject, list } from "./values.js";

/** Whether an e-mail address or a name is whom the subject of a credential is about. */
export const isAbout = (subject, value) => list(subject.identifier).some((each) => isObject(each) && fits(each, value));

function fits(entry, value) {
  const told = entry.identityHash;
  if (typeof told !== "string") return false;
  if (entry.hashed !== true) return plain(told) === plain(value);
  return told === `sha256$${bytesToHex(sha256(utf8ToBytes(plain(value) + String(entry.salt ?? ""))))}`;
}

/** The same for the same person however it was typed: spaces, composition, capital letters. */
export const plain = (value) => Array.from(value.split(/[\s\x1c-\x1f\x85]+/).filter(Boolean).join(" ").normalize("NFC"), folded).join("");

// Unicode's full case folding, which no browser has by a name: a test compares it with Python's, letter by letter.
function folded(letter) {
  if (letter === "\u0131") return letter; // dotless i stays itself
  if (/\p{Script=Cherokee}/u.test(letter)) return letter.toUpperCase();
  return letter.toLowerCase().toUpperCase().toLowerCase();
}
