// Reading values that may be anything, as credentials/verify.py reads them: never a throw, never what was inherited.
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const object = (value) => (isObject(value) ? value : {});
export const list = (value) => (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]);
export const text = (value) => (typeof value === "string" ? value : "");
export const has = (told, name) => Object.hasOwn(told, name);
/** Whether Python would take it for true: an empty list or object is not. */
export const filled = (value) => (typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value));

export function types(value) {
  const told = isObject(value) ? value.type : null;
  return (Array.isArray(told) ? told : [told]).filter((each) => typeof each === "string");
}

/** The first of these members that is there, as text. */
export function first(told, ...names) {
  const name = names.find((each) => has(told, each));
  return name === undefined ? "" : text(told[name]);
}

/** Whether objects and lists lie deeper inside each other than `depth`. */
export function tooDeep(value, depth) {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((each) => tooDeep(each, depth - 1));
}

/** Whether a document holds more than so many values, objects and lists counted as well. */
export function tooMany(document, most) {
  const waiting = [document];
  for (let held = 1; waiting.length; held += 1) {
    if (held > most) return true;
    const value = waiting.pop();
    if (value !== null && typeof value === "object") for (const each of Object.values(value)) waiting.push(each);
  }
  return false;
}
