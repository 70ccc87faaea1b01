import assert from "node:assert/strict";
import { test } from "node:test";
import { Chance } from "../../../simulations/world/chance.ts";
import { GossipMesh } from "../../../simulations/world/gossip-mesh.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";

const peers = Array.from({ length: 40 }, (_, at) => peerNumber(at));

test("a link of the gossip mesh is there for both of its ends, and each peer has some but not many", () => {
  const mesh = new GossipMesh();
  const chance = Chance.ofSeed(1);
  for (const peer of peers)
    mesh.mend(
      peer,
      peers.filter((other) => other !== peer),
      chance,
    );
  const [gone, ...others] = peers;
  assert.ok(gone !== undefined);
  for (const other of [...mesh.of(gone)]) {
    mesh.unlink(other, gone);
    mesh.mend(
      other,
      others.filter((each) => each !== other),
      chance,
    );
  }
  assert.deepEqual([...mesh.of(gone)], []);
  for (const peer of others) {
    const links = mesh.of(peer);
    assert.ok(links.size >= 6 && links.size <= 12 && !links.has(peer));
    for (const other of links) assert.ok(mesh.of(other).has(peer));
  }
});
