// Whether a document has the shape of an Open Badges 3.0 credential; the twin of academy/credentials/structure.py.
import { isTime } from "./dates.js";
import { filled, has, isObject, types } from "./values.js";

export const CREDENTIALS = "https://www.w3.org/ns/credentials/v2";
export const CREDENTIALS_1 = "https://www.w3.org/2018/credentials/v1";
export const BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
export const STATUS_LIST = "BitstringStatusListCredential";
const BADGE = ["OpenBadgeCredential", "AchievementCredential"];
const ENDORSEMENT = "EndorsementCredential";
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

/** Every fault as [place, what is wrong there]. */
export function faults(told) {
  const found = [];
  credential(told, (place, wrong) => found.push([place, wrong]));
  return found;
}

function credential(told, say) {
  const contexts = told["@context"];
  if (!Array.isArray(contexts) || ![CREDENTIALS, CREDENTIALS_1].includes(contexts[0])) say("@context", `the first context has to be ${CREDENTIALS}`);
  const said = types(told);
  if (!said.includes("VerifiableCredential")) say("type", "VerifiableCredential is missing");
  const badge = said.some((each) => BADGE.includes(each));
  if (!badge && !said.includes(ENDORSEMENT) && !said.includes(STATUS_LIST)) say("type", "neither OpenBadgeCredential nor AchievementCredential");
  uri(told, "id", "", say);
  profile(told.issuer, "issuer", say);
  times(told, say);
  const about = told.credentialSubject;
  if (!isObject(about)) say("credentialSubject", "is missing, or not one object");
  else if (badge) {
    words(told, "name", "", say);
    subject(about, say);
  } else if (said.includes(ENDORSEMENT)) {
    typed(about, "EndorsementSubject", "credentialSubject", say);
    uri(about, "id", "credentialSubject.", say);
  }
  each(told, "evidence", "", (place, one) => typed(one, "Evidence", place, say));
}

function times(told, say) {
  if (!has(told, "validFrom") && !has(told, "issuanceDate")) say("validFrom", "is missing");
  for (const name of ["validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate"]) {
    if (has(told, name) && !isTime(told[name])) say(name, "is no date and time with an offset (RFC 3339)");
  }
}

function profile(told, at, say) {
  if (typeof told === "string") {
    if (!URI.test(told)) say(at, "is no URI");
    return;
  }
  if (!isObject(told)) return say(at, "is missing");
  uri(told, "id", `${at}.`, say);
  typed(told, "Profile", at, say);
  if (has(told, "parentOrg")) profile(told.parentOrg, `${at}.parentOrg`, say);
}

function subject(told, say) {
  const at = "credentialSubject";
  typed(told, "AchievementSubject", at, say);
  if (!has(told, "id") && !has(told, "identifier")) say(at, "says by neither id nor identifier whom it is about");
  each(told, "identifier", `${at}.`, (place, one) => {
    typed(one, "IdentityObject", place, say);
    if (typeof one.hashed !== "boolean") say(`${place}.hashed`, "is neither true nor false");
    for (const name of ["identityHash", "identityType"]) words(one, name, `${place}.`, say);
  });
  each(told, "result", `${at}.`, (place, one) => typed(one, "Result", place, say));
  if (isObject(told.achievement)) achievement(told.achievement, `${at}.achievement`, say);
  else say(`${at}.achievement`, "is missing");
}

function achievement(told, at, say) {
  uri(told, "id", `${at}.`, say);
  typed(told, "Achievement", at, say);
  for (const name of ["name", "description"]) words(told, name, `${at}.`, say);
  const { criteria } = told;
  if (!isObject(criteria) || !(filled(criteria.id) || filled(criteria.narrative))) {
    say(`${at}.criteria`, "says neither by id nor by narrative what had to be done");
  }
  each(told, "resultDescription", `${at}.`, (place, one) => typed(one, "ResultDescription", place, say));
  each(told, "alignment", `${at}.`, (place, one) => {
    typed(one, "Alignment", place, say);
    words(one, "targetName", `${place}.`, say);
    uri(one, "targetUrl", `${place}.`, say);
  });
}

function each(told, name, before, look) {
  const held = has(told, name) ? told[name] : [];
  (Array.isArray(held) ? held : [held]).forEach((one, number) => look(`${before}${name}[${number}]`, isObject(one) ? one : {}));
}

function typed(told, wanted, at, say) {
  if (!types(told).includes(wanted)) say(`${at}.type`, `is not ${wanted}`);
}

function words(told, name, before, say) {
  if (typeof told[name] !== "string" || !told[name].trim()) say(`${before}${name}`, "is missing");
}

function uri(told, name, before, say) {
  if (typeof told[name] !== "string" || !URI.test(told[name])) say(`${before}${name}`, "is no URI");
}
