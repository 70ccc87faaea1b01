import assert from "node:assert/strict";
import { test } from "node:test";
import { linkBytes, sentBytes, trafficBetween } from "../../../../tools/bench/wire/traffic.ts";

test("the counters of a link are read from what ip says", () => {
  const rx = { bytes: 1234, packets: 5, errors: 0, dropped: 0, over_errors: 0, multicast: 0 };
  const tx = { bytes: 987, packets: 4, errors: 0, dropped: 0, carrier_errors: 0, collisions: 0 };
  const text = JSON.stringify([{ ifindex: 2, ifname: "eth0", flags: ["UP"], stats64: { rx, tx } }]);
  assert.deepEqual(linkBytes(text), { received: 1234, sent: 987 });
  assert.throws(() => linkBytes("[]"));
});

test("traffic is what the counters rose by", () => {
  const before = { sent: { source: 100, target: 10 }, entered: { far: 7 } };
  const after = { sent: { source: 160, target: 15 }, entered: { far: 9 } };
  assert.deepEqual(trafficBetween(before, after), { sent: { source: 60, target: 5 }, entered: { far: 2 } });
});

test("what all have sent is their sum, and unknown where no wire tells", () => {
  assert.equal(sentBytes({ sent: { source: 60, target: 5 }, entered: { far: 2 } }), 65);
  assert.ok(Number.isNaN(sentBytes(undefined)));
});
