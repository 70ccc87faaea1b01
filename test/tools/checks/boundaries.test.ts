import assert from "node:assert/strict";
import test from "node:test";
import { type BoundaryReport, checkBoundaries } from "../../../tools/checks/boundaries.ts";
import { runCheckOn, withSourceTree } from "./source-tree.ts";

/** A tree in which every import is allowed. */
const sound: Readonly<Record<string, string>> = {
  "protocol/ids.ts": "export const id = 1;\n",
  "protocol/sha256.ts": 'import { createHash } from "node:crypto";\nexport const hash = createHash;\n',
  "protocol/records/version.ts": 'export { id } from "../ids.ts";\n',
  "protocol/content/cut.ts": 'export { id } from "../ids.ts";\n',
  "protocol/documents/policy.ts": 'export { id } from "../records/version.ts";\n',
  "protocol/wire/records.ts": 'export { id } from "../documents/policy.ts";\n',
  "node/ports.ts": 'export type { id } from "../protocol/ids.ts";\n',
  "node/adapters/disk/disk.ts": 'import "node:fs";\nimport "../../ports.ts";\nexport const disk = 1;\n',
  "node/records/replica.ts": 'import "../ports.ts";\nexport { id } from "../../protocol/wire/records.ts";\n',
  "node/sync/puller.ts": 'export { id } from "../records/replica.ts";\n',
  "node/main.ts": 'import "node:process";\nimport "./adapters/disk/disk.ts";\nimport "./sync/puller.ts";\n',
  "simulations/world/disk.ts": 'import "../../node/ports.ts";\nexport const disk = 1;\n',
  "simulations/processes/six.ts": 'import "node:child_process";\n',
  "tools/cli/main.ts": 'import "../../node/main.ts";\nimport "../../simulations/world/disk.ts";\n',
  "test/node/peer.test.ts": 'import "../../tools/cli/main.ts";\nimport "../../node/adapters/disk/disk.ts";\n',
};

const check = (files: Readonly<Record<string, string>>): Promise<BoundaryReport> =>
  withSourceTree(files, checkBoundaries);

test("a tree that keeps the boundaries passes", async () => {
  const { files, faults } = await check(sound);
  assert.deepEqual(faults, []);
  assert.equal(files, 15);
});

/** One file more, and the rule that it breaks. */
const broken: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ["protocol/folder/entry.ts", "node:fs", "protocol-is-pure"],
  ["protocol/folder/entry.ts", "node:crypto", "protocol-is-pure"],
  ["protocol/ed25519.ts", "node:os", "protocol-hashes-and-signs"],
  ["protocol/folder/entry.ts", "../../node/ports.ts", "protocol-stands-alone"],
  ["protocol/election/claim.ts", "../membership/member.ts", "separate-nouns"],
  ["protocol/content/swarm.ts", "../records/version.ts", "separate-nouns"],
  ["protocol/records/audit.ts", "../content/cut.ts", "protocol-floor-records"],
  ["protocol/folder/entry.ts", "../documents/policy.ts", "protocol-floor-folder"],
  ["protocol/documents/policy.ts", "../wire/records.ts", "protocol-floor-documents"],
  ["protocol/ids.ts", "./records/version.ts", "protocol-ground"],
  ["protocol/records/merge.ts", "./merge.ts", "no-circles"],
  ["protocol/records/merge.ts", "./missing.ts", "everything-resolves"],
  ["node/mesh/beacons.ts", "node:net", "node-reaches-the-world-through-ports"],
  ["node/mesh/beacons.ts", "node:timers/promises", "node-reaches-the-world-through-ports"],
  ["node/mesh/beacons.ts", "node:worker_threads", "node-reaches-the-world-through-ports"],
  ["node/mesh/beacons.ts", "../adapters/disk/disk.ts", "ports-only"],
  ["node/mesh/beacons.ts", "../sync/puller.ts", "node-floor-mesh"],
  ["node/switchboard.ts", "./sync/puller.ts", "node-ground"],
  ["node/adapters/libp2p/host.ts", "../../sync/puller.ts", "adapters-below-the-peer"],
  ["node/mesh/beacons.ts", "../../simulations/world/disk.ts", "node-below-simulations-and-tools"],
  ["simulations/world/clock.ts", "node:fs", "simulations-reach-no-world"],
  ["simulations/world/clock.ts", "../../node/adapters/disk/disk.ts", "fakes-only"],
  ["simulations/world/clock.ts", "../../tools/cli/main.ts", "simulations-below-tools"],
  ["tools/cli/status.ts", "../../test/node/peer.test.ts", "tools-without-tests"],
  ["node/peer.ts", "../protocol/wire/generated/records.js", "generated-codecs-behind-wire"],
];

for (const [file, imported, rule] of broken) {
  test(`${file} may not import ${imported}`, async () => {
    const extra = {
      "protocol/membership/member.ts": "export const member = 1;\n",
      "protocol/wire/generated/records.js": "export const codec = 1;\n",
      [file]: `import type { x } from ${JSON.stringify(imported)};\nimport ${JSON.stringify(imported)};\n`,
    };
    const { faults } = await check({ ...sound, ...extra });
    assert.ok(
      faults.some((fault) => fault.startsWith(file) && fault.includes(`: ${rule}: `)),
      faults.join("\n"),
    );
  });
}

test("an import of a type alone is an import", async () => {
  const source = 'import type { disk } from "../adapters/disk/disk.ts";\nexport type Disk = typeof disk;\n';
  const { faults } = await check({ ...sound, "node/mesh/beacons.ts": source });
  assert.match(faults.join(), /ports-only/);
});

test("a cruise that sees nothing fails", async () => {
  assert.deepEqual((await check({})).faults, ["no files were cruised", "no imports were seen: the parser is blind"]);
  const { faults } = await check({ "protocol/ids.ts": "export const id = 1;\n" });
  assert.deepEqual(faults, ["no imports were seen: the parser is blind"]);
});

test("the check fails on node:fs in protocol/ and says where", async () => {
  const { status, stderr } = await runCheckOn("boundaries.ts", { "protocol/entry.ts": 'import "node:fs";\n' });
  assert.equal(status, 1);
  assert.match(stderr, /^protocol\/entry\.ts -> fs: protocol-is-pure: /);
});
