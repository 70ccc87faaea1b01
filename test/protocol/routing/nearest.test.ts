import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { healthOf } from "../../../protocol/membership/health.ts";
import { peerStates } from "../../../protocol/membership/member.ts";
import { linkClassBetween, linkClasses } from "../../../protocol/membership/place.ts";
import { nearestFirst, type Source } from "../../../protocol/routing/nearest.ts";
import { peerNumber, sitePeers } from "../membership/peers.ts";

const asker = { peer: peerNumber(1_000), place: { region: "seoul", group: "a", server: "s1" } };

const source = fc.record({
  peer: fc.integer({ min: 0, max: 30 }).map(peerNumber),
  place: fc.record({
    region: fc.constantFrom("seoul", "busan"),
    group: fc.constantFrom("a", "b"),
    server: fc.constantFrom("s1", "s2"),
  }),
  state: fc.constantFrom(...peerStates),
});
const sources = fc.uniqueArray(source, { selector: ({ peer }) => peer, maxLength: 12 });

test("group before region before far, and healthy before suspect among the equally near", () => {
  const place = (region: string, group: string) => ({ region, group, server: "s" });
  const candidates: readonly Source[] = [
    { peer: peerNumber(1), place: place("busan", "a"), state: "connected" },
    { peer: peerNumber(2), place: place("seoul", "b"), state: "suspect" },
    { peer: peerNumber(3), place: place("seoul", "b"), state: "connected" },
    { peer: peerNumber(4), place: place("seoul", "a"), state: "dead" },
    { peer: peerNumber(5), place: place("seoul", "a"), state: "suspect" },
    { peer: peerNumber(6), place: place("seoul", "a"), state: "alive" },
    { ...asker, state: "connected" },
  ];
  const order = nearestFirst(asker, "item", candidates).map((each) => each.peer);
  assert.deepEqual(order, [6, 5, 3, 2, 1, 4].map(peerNumber));
});

test("E6: property: all candidates are there, none is farther, or less fit at one distance, than the next", () => {
  fc.assert(
    fc.property(sources, fc.string(), (candidates, item) => {
      const order = nearestFirst(asker, item, candidates);
      assert.deepEqual(new Set(order), new Set(candidates));
      const ranks = order.map(({ place, state }) => {
        const distance = linkClasses.indexOf(linkClassBetween(asker.place, place));
        const health = healthOf(state);
        return [health === "gone" ? 1 : 0, distance, health === "doubtful" ? 1 : 0].join();
      });
      assert.deepEqual(ranks, ranks.toSorted());
    }),
  );
});

test("property: the order does not depend on how the candidates were listed", () => {
  fc.assert(
    fc.property(sources, fc.string(), (candidates, item) => {
      assert.deepEqual(nearestFirst(asker, item, candidates.toReversed()), nearestFirst(asker, item, candidates));
    }),
  );
});

test("not all askers turn to the same source, and one asker not always to one", () => {
  const group = sitePeers({ regions: 1, groupsPerRegion: 1, peersPerGroup: 11 });
  const holders = group.slice(0, 10).map((each): Source => ({ ...each, state: "connected" }));
  const firstOf = (self: number, item: string) =>
    nearestFirst({ peer: peerNumber(self), place: holders[0]?.place ?? asker.place }, item, holders)[0]?.peer;

  const itemsByHolder = Map.groupBy(
    Array.from({ length: 1_000 }, (_, at) => `file-${at}`),
    (item) => firstOf(500, item),
  );
  assert.equal(itemsByHolder.size, holders.length);
  for (const items of itemsByHolder.values()) assert.ok(items.length > 50 && items.length < 160, `${items.length}`);

  const askersByHolder = Map.groupBy(
    Array.from({ length: 1_000 }, (_, at) => 500 + at),
    (self) => firstOf(self, "one file"),
  );
  assert.equal(askersByHolder.size, holders.length);
  for (const askers of askersByHolder.values())
    assert.ok(askers.length > 50 && askers.length < 160, `${askers.length}`);
});
