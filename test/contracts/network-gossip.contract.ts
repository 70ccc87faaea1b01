/** What every Network keeps about gossip. */

import assert from "node:assert/strict";
import { limits } from "../../protocol/limits.ts";
import { type Check, topic } from "./network-under-test.ts";

export function gossipContract(check: Check): void {
  check("gossip reaches whoever subscribes, once, also through a peer in the middle", async (cast) => {
    const peers = await cast.settle(Promise.all([1, 2, 3, 4].map((number) => cast.peer(number).start())));
    const [one, two, three, four] = peers;
    if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error("four");
    for (const peer of [one, two, three]) peer.network.subscribe(topic);
    four.network.subscribe(`${topic}/other`);
    await cast.connect(one, two);
    await cast.connect(two, three);
    await cast.connect(two, four);
    await cast.gossips(one, [two, three]);
    await cast.gossips(three, [two, one]);
    assert.deepEqual(four.messages, []);
    assert.equal(three.messages[0]?.from, two.id);
    for (const peer of [one, two, three]) assert.equal(new Set(peer.heard()).size, peer.heard().length);
  });

  check("gossip goes no further than who accepts it", async (cast) => {
    const [one, two, three] = [await cast.started(1), await cast.started(2), await cast.started(3)];
    for (const peer of [one, two, three]) peer.network.subscribe(topic);
    await cast.connect(one, two);
    await cast.connect(two, three);
    await cast.gossips(one, [two, three]);
    for (const verdict of ["ignore", "reject"] as const) {
      two.verdict = verdict;
      await cast.settle(one.network.publish(topic, Buffer.from(verdict)));
      await cast.bench.until("the middle heard it", () => two.heard().includes(verdict));
    }
    await cast.bench.pass(300);
    assert.ok(!three.heard().includes("ignore") && !three.heard().includes("reject"));
  });

  check("topics are apart, can be left, and can be joined late", async (cast) => {
    const [one, two] = await cast.pair();
    one.network.subscribe(topic);
    await cast.bench.pass(200);
    two.network.subscribe(topic);
    two.network.subscribe(`${topic}/other`);
    one.network.subscribe(`${topic}/other`);
    await cast.gossips(one, [two]);
    await cast.gossips(one, [two], `${topic}/other`);
    const payload = Buffer.from("the same bytes on both");
    await cast.settle(one.network.publish(topic, payload));
    await cast.settle(one.network.publish(`${topic}/other`, payload));
    await cast.bench.until("both", () => two.heard().filter((heard) => heard === payload.toString()).length === 2);
    two.network.unsubscribe(topic);
    await cast.bench.pass(100);
    await cast.settle(one.network.publish(topic, Buffer.from("too late")));
    await cast.bench.pass(200);
    assert.ok(!two.heard().includes("too late"));
    two.network.subscribe(topic);
    await cast.gossips(one, [two]);
  });

  check("P3: a message above the limit is not published; with nobody there it is no error", async (cast) => {
    const [one, two] = await cast.pair();
    for (const peer of [one, two]) peer.network.subscribe(topic);
    await cast.gossips(one, [two]);
    await cast.settle(assert.rejects(one.network.publish(topic, new Uint8Array(limits.gossipBytesMax + 1))));
    await cast.settle(one.network.publish(topic, new Uint8Array(limits.gossipBytesMax).fill(65)));
    await cast.bench.until("the largest arrived", () =>
      two.messages.some((message) => message.text.length === limits.gossipBytesMax),
    );
    const alone = await cast.started(3);
    await cast.settle(alone.network.publish(topic, Buffer.from("hello?")));
  });
}
