import assert from "node:assert/strict";
import test from "node:test";
import { findWorldAccess } from "../../../tools/checks/world-access.ts";
import { runCheckOn } from "./source-tree.ts";

const whatIsFound = (source: string, file = "node/peer.ts"): readonly string[] =>
  findWorldAccess(file, source).map(({ what }) => what);

const reaches: readonly (readonly [source: string, what: string])[] = [
  ["const at = () => Date.now();", "Date.now"],
  ['const at = () => Date["now"]();', "Date.now"],
  ["const at = () => new Date();", "new Date()"],
  ["const at = () => Date();", "Date()"],
  ["const at = () => performance.now();", "performance"],
  ["const unit = () => Math.random();", "Math.random"],
  ["const bytes = () => crypto.getRandomValues(new Uint8Array(8));", "crypto"],
  ['import { randomBytes } from "node:crypto";', "randomBytes"],
  ['import { randomBytes as sha256 } from "node:crypto";', "randomBytes"],
  ['import { generateKeyPairSync } from "node:crypto";', "generateKeyPairSync"],
  ['import * as platform from "node:crypto";', "node:crypto as a whole"],
  ["class Peer { start() { setTimeout(() => {}, 5); } }", "setTimeout"],
  ["export function tick() { setInterval(() => {}, 5); }", "setInterval"],
  ["setImmediate(() => {});", "setImmediate"],
  ["const signal = () => AbortSignal.timeout(5);", "AbortSignal.timeout"],
  ["const page = () => fetch('http://example.org');", "fetch"],
  ["const port = () => process.env['PORT'];", "process"],
  ["const clock = () => globalThis;", "globalThis"],
  ["const say = () => console.log('hello');", "console"],
  ["const load = () => import('./other.ts');", "import()"],
  ["const order = (a: string, b: string) => a.localeCompare(b);", ".localeCompare"],
  ["const show = () => new Intl.NumberFormat();", "Intl"],
  ["const shared = { process };", "process"],
  ["let count = 0;", "let count"],
  ["export let count = 0;", "let count"],
  ["var count = 0;", "var count"],
  ["const peers = new Map<string, number>();", "const peers"],
  ["const peers: Map<string, number> = new Map();", "const peers"],
  ["export const waiting: string[] = [];", "const waiting"],
  ["const waiting = [];", "const waiting"],
  ["const cache = {} as Record<string, number>;", "const cache"],
  ["const lock = new Mutex();", "const lock"],
  ["class Peer { static count = 0; }", "static"],
  ["class Peer { static #count = 0; }", "static"],
];

for (const [source, what] of reaches) {
  test(`found: ${source}`, () => assert.deepEqual(whatIsFound(source), [what]));
}

const harmless: readonly string[] = [
  "const iso = (ms: number) => new Date(ms).toISOString(); const parsed = Date.parse('2026-11-22');",
  "function at(date: Date, signal: AbortSignal): Date { return date; }",
  "function ask(fetch: (url: string) => string) { return fetch('x'); }",
  "class Puller { fetch() { return this.fetch(); } }",
  "export interface Clock { setTimeout(delayMs: number): void }",
  "const names = { process: 1, console: 2 };",
  'import { createHash, sign } from "node:crypto";',
  "const text = 'Date.now()'; // Math.random()",
  "const known: ReadonlyMap<string, number> = new Map([['a', 1]]);",
  "const none: Vector = new Map();",
  "const order: readonly string[] = ['a']; const also = ['b'] as const;",
  "const encoder = new TextEncoder(); const prefix = new Uint8Array(6); const pattern = /a/;",
  "const limits = { bytesMax: 5 } as const;",
  "declare const brand: unique symbol;",
  "function count() { let count = 0; const seen = new Map(); return [count, seen]; }",
  "class Peer { static readonly kinds = 5; static open() {} #count = 0; }",
];

for (const source of harmless) {
  test(`harmless: ${source}`, () => assert.deepEqual(whatIsFound(source), []));
}

test("a finding names its line, also behind letters of several bytes", () => {
  const source = "/** Zäune, 울타리 */\nconst wide = '가나다';\n\nconst at = Date.now();\n";
  assert.deepEqual(findWorldAccess("node/peer.ts", source), [
    { line: 4, what: "Date.now", why: "the Clock port tells time" },
  ]);
});

test("what one file may do, another may not", () => {
  const source = "const macrotask = setImmediate;";
  assert.deepEqual(whatIsFound(source, "simulations/world/world.ts"), []);
  assert.deepEqual(whatIsFound(source, "simulations/world/disk.ts"), ["setImmediate"]);
  assert.deepEqual(whatIsFound("setTimeout(() => {});", "simulations/world/world.ts"), ["setTimeout"]);
});

test("the check fails on Date.now() in node/, and not in an adapter or main.ts", async () => {
  const source = "export const now = () => Date.now();\n";
  const bad = await runCheckOn("world-access.ts", {
    "node/mesh/beacon.ts": `\n${source}`,
    "node/adapters/clock.ts": source,
    "node/main.ts": source,
  });
  assert.equal(bad.status, 1);
  assert.equal(bad.stderr, "node/mesh/beacon.ts:2: Date.now: the Clock port tells time\n");
  const good = await runCheckOn("world-access.ts", {
    "node/adapters/clock.ts": source,
    "node/mesh/beacon.ts": "export const beatMs = 2_000;\n",
  });
  assert.equal(good.status, 0);
});

test("the check fails when there is nothing to check", async () => {
  assert.notEqual((await runCheckOn("world-access.ts", {})).status, 0);
});
