// Who is trusted, whom they accredited, what was revoked; the twin of academy/credentials/trust.py.
import { isObject, object, text } from "./values.js";

export const MOST = 64_000_000; // bytes

export class BadBundle extends Error {}

/** A bundle out of the text of its file. Throws BadBundle. */
export function read(content) {
  if (content.length > MOST) throw new BadBundle("the bundle has more than 64,000,000 bytes");
  let told;
  try {
    told = JSON.parse(content);
  } catch {
    throw new BadBundle("the bundle is no JSON");
  }
  if (!isObject(told) || told.type !== "TrustBundle") throw new BadBundle("the bundle's type is not TrustBundle");
  const bundle = { roots: new Map(), accreditations: new Map(), statusLists: new Map(), made: text(told.made) };
  objects(told, "roots").forEach((each, number) => {
    if (!text(each.id)) throw new BadBundle(`roots[${number}] has no id`);
    put(bundle.roots, each.id, { id: each.id, name: text(each.name), key: text(each.key), since: text(each.from), until: text(each.until) });
  });
  for (const each of objects(told, "accreditations")) put(bundle.accreditations, text(object(each.credentialSubject).id), each);
  for (const each of objects(told, "statusLists")) bundle.statusLists.set(text(each.id), each);
  return bundle;
}

/** Every key that is trusted for itself, as ISSUER or ISSUER#KEY, with its name. */
export const keys = (bundle) => new Map([...bundle.roots.values()].flat().map((root) => [root.key ? `${root.id}#${root.key}` : root.id, root.name]));

function put(map, key, value) {
  map.set(key, [...(map.get(key) ?? []), value]);
}

function objects(told, name) {
  const held = Object.hasOwn(told, name) ? told[name] : [];
  if (!Array.isArray(held) || !held.every(isObject)) throw new BadBundle(`${name} is no list of objects`);
  return held;
}
