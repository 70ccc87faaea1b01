import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusalLog } from "../../../../node/adapters/libp2p/refusal-log.ts";
import { peerIdOfPublicKey } from "../../../../protocol/ids.ts";
import { FakeLog } from "../../../../simulations/world/log.ts";
import { World } from "../../../../simulations/world/world.ts";

const peer = peerIdOfPublicKey(new Uint8Array(32).fill(9));
const refused = { code: "license-missing", detail: "" };

test("P3: a stranger that knocks a thousand times fills no log, and what was left out is counted", () => {
  let nowMs = 0;
  const log = new FakeLog(new World(1));
  const refusals = new RefusalLog({ monotonicMs: () => nowMs }, log);
  for (let knock = 0; knock < 1_000; knock += 1) refusals.write(peer, "us", refused);
  assert.equal(log.lines.length, 20);
  nowMs = 5_000;
  for (let knock = 0; knock < 10; knock += 1) refusals.write(peer, "us", refused);
  assert.equal(log.lines.length, 21);
  assert.equal(log.lines.at(-1)?.facts["leftOut"], 980);
});
