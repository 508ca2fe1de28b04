// Is a credential what it says, and who vouches for it: the whole chain, in the browser, without a network.
// The twin of academy/credentials/verify.py, which is the reference: the same rules, words and codes. A test
// (tests/academy/credentials/test_browser_twin.py) gives both the same cases.
import { dayOf, time } from "./dates.js";
import { isAbout } from "./identity.js";
import { checked, SUITES } from "./proof.js";
import { document as documentOf, Unreadable } from "./read.js";
import { faults, STATUS_LIST } from "./shape.js";
import { Statements } from "./statements.js";
import * as status from "./status.js";
import { filled, first, isObject, list, object, text, types } from "./values.js";

const LEEWAY = 5 * 60_000; // clocks differ
const DEPTH = 3; // certificate, accreditation, root
const ACCREDITATION = "QualityAssuranceCredential";

const issuerOf = ({ issuer }) => text(issuer) || text(object(issuer).id);
const issuerName = ({ issuer }) => text(object(issuer).name);
const achievementOf = (document) => object(object(document.credentialSubject).achievement);
const nameOf = (document) => text(document.name) || text(achievementOf(document).name);

/** Checks credentials against one bundle; what is common to many (accreditations, status lists) is checked once. */
export class Checker {
  #accreditations = new Map();
  #lists = new Map();

  /** `contexts` as /verify/contexts.json hands them out; `at` in milliseconds. */
  constructor(bundle, contexts, { at = Date.now() } = {}) {
    Object.assign(this, { bundle, at, statements: new Statements(contexts) });
  }

  /** Check the bytes of a file. `about`: an e-mail address or name that it has to be about. */
  async file(content, about = "") {
    try {
      return await this.credential(documentOf(content), about);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const problem = { code: error.code, text: error.message, of: "credential" };
      return { valid: false, problems: [problem], issuer: {}, achievement: {}, chain: [], subject: {} };
    }
  }

  /** Check a credential that has been read. */
  async credential(document, about = "") {
    const { problems, chain } = await this.#checked(document, "credential", DEPTH);
    const subject = object(document.credentialSubject);
    if (about && !isAbout(subject, about)) problems.push({ code: "somebody-else", text: "It is not about the person named.", of: "credential" });
    const { id, name, description } = object(subject.achievement);
    return {
      valid: problems.length === 0,
      problems,
      issuer: { id: issuerOf(document), name: issuerName(document) },
      achievement: { id: text(id), name: text(name), description: text(description) },
      chain,
      subject: subjectOf(subject),
    };
  }

  async #checked(document, of, depth) {
    const issuer = issuerOf(document);
    const problems = faults(document).map(([place, wrong]) => ({ code: "not-a-badge", text: `${place}: ${wrong}.` }));
    const { key, found } = await this.#signed(document, issuer);
    problems.push(...found, ...this.#dates(document), ...(await this.#status(document, issuer)));
    const own = problems.map((problem) => ({ ...problem, of }));
    const { problems: vouched, chain } = await this.#vouched(document, issuer, key, of, depth);
    const [since, until] = [first(document, "validFrom", "issuanceDate"), first(document, "validUntil", "expirationDate")];
    const link = { what: of, id: text(document.id), name: nameOf(document), since, until, holds: own.length === 0 };
    return { problems: [...own, ...vouched], chain: [link, ...chain] };
  }

  /** The key that signed, and what is wrong with the proof. Of several proofs one that holds is enough. */
  async #signed(document, issuer) {
    const listed = (Array.isArray(document.proof) ? document.proof : [document.proof]).filter(isObject);
    if (!listed.length) return { key: "", found: [{ code: "no-proof", text: "Nobody signed it." }] };
    const known = listed.filter(({ cryptosuite }) => SUITES.includes(cryptosuite));
    if (!known.length) {
      const said = listed.slice(0, 3).map(({ cryptosuite, type }) => String(cryptosuite || type).slice(0, 60));
      return { key: "", found: [{ code: "proof-unknown", text: `It is signed in a way that is not accepted here: ${said.join(", ")}.` }] };
    }
    const found = [];
    for (const proof of known.slice(0, 5)) {
      const { key, problem } = await checked(document, proof, issuer, this);
      if (!problem) return { key, found: [] };
      found.push(problem);
    }
    return { key: "", found };
  }

  #dates(document) {
    const [from, to] = [first(document, "validFrom", "issuanceDate"), first(document, "validUntil", "expirationDate")];
    const [since, until, found] = [time(from), time(to), []];
    if (since !== null && since > this.at + LEEWAY) found.push({ code: "not-yet-valid", text: `It is valid only from ${dayOf(from)}.` });
    if (until !== null && until <= this.at) found.push({ code: "expired", text: `It was valid until ${dayOf(to)}.` });
    return found;
  }

  async #status(document, issuer) {
    const held = document.credentialStatus;
    if (held === undefined || held === null) return [];
    let entries;
    try {
      entries = status.entries(held);
    } catch (error) {
      return [{ code: "status-unreadable", text: `What it says of its status cannot be read: ${error.message}.` }];
    }
    const found = [];
    if (entries.length !== (Array.isArray(held) ? held.length : 1)) found.push({ code: "status-unreadable", text: "It names a status list of a kind that is not read here." });
    for (const entry of entries.slice(0, 8)) {
      const { bits, purpose, problem } = await this.#list(entry.list, issuer);
      if (problem) found.push(problem);
      else if (purpose !== entry.purpose || entry.index >= bits.length * 8) {
        found.push({ code: "status-unreadable", text: "The status list does not fit what the credential says of it." });
      } else if (status.bit(bits, entry.index)) {
        found.push(entry.purpose === "suspension" ? { code: "suspended", text: "It is suspended for now." } : { code: "revoked", text: "It was revoked." });
      }
    }
    return found;
  }

  async #list(address, issuer) {
    if (!this.#lists.has(address)) this.#lists.set(address, await this.#readList(address));
    const found = this.#lists.get(address);
    if (found.problem || found.signer === issuer || this.bundle.roots.has(found.signer)) return found;
    return { problem: { code: "status-unreadable", text: "The status list is signed by neither its issuer nor a root." } };
  }

  async #readList(address) {
    const wrong = (code, words) => ({ problem: { code, text: words } });
    const held = this.bundle.statusLists.get(address);
    if (!held) return wrong("status-unknown", "Whether it was revoked is not known: the bundle does not hold its status list.");
    const signer = issuerOf(held);
    const { found } = await this.#signed(held, signer);
    const subject = object(held.credentialSubject);
    if (found.length || !types(held).includes(STATUS_LIST)) return wrong("status-unreadable", "The status list of the bundle is not signed as it has to be.");
    if (this.#dates(held).length) return wrong("status-stale", "Whether it was revoked is not known: the status list at hand is out of date. Get a new bundle.");
    try {
      return { bits: await status.bits(text(subject.encodedList)), purpose: subject.statusPurpose, signer };
    } catch (error) {
      return wrong("status-unreadable", `The status list cannot be read: ${error.message}.`);
    }
  }

  /** Who stands behind the issuer: a root, or somebody whom a root accredited. */
  async #vouched(document, issuer, key, of, depth) {
    const issued = time(first(document, "awardedDate", "validFrom", "issuanceDate")) ?? this.at;
    const roots = this.bundle.roots.get(issuer);
    if (roots) return byRoot(roots, key, issued, of);
    const held = (depth > 1 && this.bundle.accreditations.get(issuer)) || [];
    if (!held.length || of === "accreditation") {
      const name = issuerName(document) || issuer.slice(0, 120) || "the issuer";
      return { problems: [{ code: "issuer-unknown", text: `Nobody who is trusted here vouches for ${name}.`, of }], chain: [] };
    }
    const scope = text(achievementOf(document).id);
    let best; // the one that speaks best for it is told: without problems, or with the fewest
    for (const each of held.slice(0, 200)) {
      const tried = await this.#accredited(each, scope, issued);
      if (!best || tried.problems.length < best.problems.length) best = tried;
    }
    return best;
  }

  async #accredited(held, scope, issued) {
    const of = "accreditation";
    if (!this.#accreditations.has(held)) this.#accreditations.set(held, await this.#checked(held, of, DEPTH - 1));
    const { problems: found, chain } = this.#accreditations.get(held);
    const problems = [...found];
    const achievement = achievementOf(held);
    const say = (code, words) => problems.push({ code, text: words, of });
    if (achievement.achievementType !== ACCREDITATION) say("not-accredited", "What the issuer holds is no accreditation.");
    if (!list(achievement.alignment).some((each) => text(object(each).targetUrl) === scope)) say("out-of-scope", "The issuer is not accredited to certify this.");
    const [since, until] = [time(text(held.validFrom)), time(text(held.validUntil))];
    if ((since !== null && issued < since - LEEWAY) || (until !== null && issued >= until)) {
      say("not-accredited-then", "The issuer was not accredited on the day it issued.");
    }
    return { problems, chain };
  }
}

function byRoot(roots, key, issued, of) {
  for (const root of roots) {
    const expected = root.key || root.id.replace(/^did:key:/, "");
    const [since, until] = [time(root.since), time(root.until)];
    if (expected === key && (since === null || issued >= since - LEEWAY) && (until === null || issued < until)) {
      return { problems: [], chain: [{ what: "root", id: root.id, name: root.name, since: root.since, until: root.until, holds: true }] };
    }
  }
  if (!key) return { problems: [], chain: [] }; // the signature does not hold, which has been said
  return { problems: [{ code: "root-not-then", text: "The root's key did not sign at that time, or is another.", of }], chain: [] };
}

/** Whom it is about, as far as it says: a name that was agreed to, else an id. */
function subjectOf(subject) {
  for (const each of list(subject.identifier)) {
    const { hashed, identityHash, identityType } = object(each);
    if (hashed === false && text(identityHash)) return { [text(identityType) || "name"]: text(identityHash) };
  }
  return filled(subject.id) ? { id: text(subject.id) } : {};
}
