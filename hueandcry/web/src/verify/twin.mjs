// For tests: checks many cases as the page would, under node, and prints what was found and how long each took.
// node twin.mjs cases.json: {contexts, bundles: [text], cases: [{name, bundle, at, about, file (base64) | document}],
// proofs: [{name, document, issuer}], folded: [text]}
import { readFile } from "node:fs/promises";
import { read } from "./bundle.js";
import { Checker } from "./check.js";
import { plain } from "./identity.js";
import { checked } from "./proof.js";
import { Statements } from "./statements.js";

const { contexts, own = {}, bundles, cases, proofs = [], folded = [] } = JSON.parse(await readFile(process.argv[2], "utf8"));
const [results, checkers] = [[], new Map()];
for (const { name, bundle, at, about, file, document } of cases) {
  const held = `${bundle} ${at}`;
  if (!checkers.has(held)) checkers.set(held, new Checker(read(bundles[bundle]), contexts, { at: Date.parse(at) }));
  const checker = checkers.get(held);
  const began = performance.now();
  const found = file === undefined ? await checker.credential(document, about) : await checker.file(new Uint8Array(Buffer.from(file, "base64")), about);
  results.push({ name, took: performance.now() - began, ...found });
}
const statements = new Statements({ ...contexts, ...own });
const signed = [];
for (const { document, issuer } of proofs) signed.push(await checked(document, document.proof, issuer, { statements, at: Date.now() }));
console.log(JSON.stringify({ results, signed, folded: folded.map(plain) }));
