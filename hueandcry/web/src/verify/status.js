// Bitstring Status List 1.0: where a credential's bits stand, and the bits. Bounded.
import { base64urlnopad } from "@scure/base";
import { isObject } from "./values.js";

const MOST = 16 * 1024 * 1024; // bytes of a list when unpacked
const KINDS = ["BitstringStatusListEntry", "StatusList2021Entry"];

/** The entries of a kind that is known, as {list, index, purpose}; throws where one cannot be read. */
export function entries(held) {
  const listed = Array.isArray(held) ? held : [held];
  if (!listed.every(isObject)) throw new Error("an entry is no object");
  return listed.filter(known).map(entry);
}

function known({ type }) {
  const said = Array.isArray(type) ? type : [type];
  if (!said.length || said[0] === undefined || said[0] === null || said[0] === "") throw new Error("an entry has no type");
  return said.some((each) => KINDS.includes(each));
}

function entry({ statusListCredential: address, statusListIndex: index, statusPurpose: purpose = "revocation" }) {
  if (typeof address !== "string" || !address) throw new Error("statusListCredential is no address");
  if (typeof purpose !== "string") throw new Error("statusPurpose is no word");
  const number = typeof index === "string" && /^\d{1,40}$/.test(index) ? Number(index) : index;
  if (!Number.isSafeInteger(number) || number < 0 || number >= MOST * 8) throw new Error("statusListIndex is no place of a list");
  return { list: address, index: number, purpose };
}

/** The bits of an encodedList: multibase base64url of gzip. Throws where it cannot be read. */
export async function bits(encoded) {
  const packed = base64urlnopad.decode(encoded.replace(/^u/, "").replace(/={1,2}$/, ""));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  for (let length = 0; ; ) {
    const { done, value } = await unpacked.read();
    if (done) return joined(parts, length);
    length += value.length;
    if (length > MOST) {
      await unpacked.cancel();
      throw new Error(`it has more than ${MOST} bytes`);
    }
    parts.push(value);
  }
}

export const bit = (list, index) => (list[index >> 3] >> (7 - (index & 7))) & 1;

function joined(parts, length) {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
