import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PeerId } from "../../../protocol/ids.ts";
import { limits } from "../../../protocol/limits.ts";
import { type Neighbour, pickNeighbours } from "../../../protocol/membership/neighbours.ts";
import { type SiteShape, sitePeers } from "./peers.ts";

const shapes = fc.record({
  regions: fc.integer({ min: 1, max: 5 }),
  groupsPerRegion: fc.integer({ min: 1, max: 6 }),
  peersPerGroup: fc.integer({ min: 1, max: 12 }),
});

test("property: up to a hundred members everybody wants everybody else", () => {
  fc.assert(
    fc.property(shapes, fc.nat(), (shape, at) => {
      const members = sitePeers(shape).slice(0, limits.fullMeshPeersMax);
      const self = members[at % members.length];
      assert.ok(self !== undefined);
      const others = members.filter((member) => member !== self).map((member) => member.peer);
      assert.deepEqual([...pickNeighbours(self, members)].toSorted(), others.toSorted());
    }),
  );
});

const largeSites: readonly SiteShape[] = [
  { regions: 1, groupsPerRegion: 1, peersPerGroup: 150 },
  { regions: 1, groupsPerRegion: 60, peersPerGroup: 2 },
  { regions: 60, groupsPerRegion: 1, peersPerGroup: 2 },
  { regions: 5, groupsPerRegion: 5, peersPerGroup: 20 },
  { regions: 2, groupsPerRegion: 3, peersPerGroup: 40 },
];

for (const site of largeSites) {
  const { regions, groupsPerRegion, peersPerGroup } = site;
  const members = sitePeers(site);
  const name = `${members.length} members in ${regions} x ${groupsPerRegion} x ${peersPerGroup}`;
  const wantedBy = new Map(members.map((self) => [self.peer, pickNeighbours(self, members)]));

  test(`${name}: nobody wants itself, and each wants few`, () => {
    for (const [self, wanted] of wantedBy) {
      assert.ok(!wanted.has(self));
      // Own group, links of a group's gateway and of a region's, and the far ones.
      const most = limits.groupNeighboursMax + 2 * limits.gatewayLinksMax + limits.randomNeighbours;
      assert.ok(wanted.size >= limits.randomNeighbours && wanted.size <= most, `${wanted.size}`);
    }
    const links = [...wantedBy.values()].reduce((sum, wanted) => sum + wanted.size, 0);
    const mean = links / members.length;
    assert.ok(mean < 1.2 * (limits.groupNeighboursMax + limits.randomNeighbours), `${mean} on average`);
  });

  test(`${name}: the mesh is in one piece, and stays so when a tenth of it dies`, () => {
    assert.equal(piecesOf(members, wantedBy), 1);
    const survivors = members.filter((_, at) => at % 10 !== 3);
    assert.equal(piecesOf(survivors, wantedBy), 1);
  });
}

/** Pieces of the graph with an edge where either end wants the other. */
function piecesOf(members: readonly Neighbour[], wantedBy: ReadonlyMap<PeerId, ReadonlySet<PeerId>>): number {
  const linked = new Map<PeerId, Set<PeerId>>(members.map((member) => [member.peer, new Set()]));
  for (const { peer } of members) {
    for (const other of wantedBy.get(peer) ?? []) {
      if (!linked.has(other)) continue;
      linked.get(peer)?.add(other);
      linked.get(other)?.add(peer);
    }
  }
  const left = new Set(linked.keys());
  let pieces = 0;
  for (const start of linked.keys()) {
    if (!left.delete(start)) continue;
    pieces += 1;
    const frontier = [start];
    for (let peer = frontier.pop(); peer !== undefined; peer = frontier.pop()) {
      for (const other of linked.get(peer) ?? []) if (left.delete(other)) frontier.push(other);
    }
  }
  return pieces;
}
