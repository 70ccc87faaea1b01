/** What every Network keeps about connections: who is let in, who is found, who is told why not. */

import assert from "node:assert/strict";
import { type Check, failsWith, text, topic } from "./network-under-test.ts";

export function connectionContract(check: Check): void {
  check("both sides learn that a peer is up, with its hello, and that it is down", async (cast) => {
    const [one, two] = await cast.pair();
    assert.deepEqual([one.kinds(two), two.kinds(one)], [["up"], ["up"]]);
    assert.equal(one.hellos.get(two.id), "hello of 2");
    assert.equal(two.hellos.get(one.id), "hello of 1");
    await cast.settle(two.network.stop());
    await cast.bench.until("the other side knows", () => !one.isUp(two));
    assert.deepEqual(one.kinds(two), ["up", "down"]);
    assert.deepEqual(two.network.connected(), []);
    assert.deepEqual(two.network.addresses(), []);
  });

  for (const refuser of ["dialer", "listener"] as const) {
    check(`FORMATS 27: whom the ${refuser} refuses learns why, and has no effect`, async (cast) => {
      const dialer = await cast.started(1);
      const listener = await cast.started(2);
      const [host, guest] = refuser === "dialer" ? [dialer, listener] : [listener, dialer];
      const friend = await cast.started(3);
      host.judge = (peer) => (peer === guest.id ? { code: "license-missing" } : undefined);
      for (const peer of [host, guest, friend]) peer.network.subscribe(topic);
      dialer.wants(listener);
      await cast.connect(friend, host);
      await cast.bench.until("both sides know", () => host.refusals().length > 0 && guest.refusals().length > 0);
      assert.deepEqual(host.refusals()[0], ["us", "license-missing"]);
      assert.deepEqual(guest.refusals()[0], ["them", "license-missing"]);

      await cast.gossips(host, [friend]);
      await cast.settle(guest.network.publish(topic, Buffer.from("from a stranger")));
      await cast.bench.pass(200);
      assert.deepEqual([guest.messages, host.messages], [[], []]);
      await cast.settle(failsWith("not-connected", guest.ask(host, "let me in")));
      await cast.settle(failsWith("not-connected", host.ask(guest, "out")));
      assert.deepEqual([host.served, guest.served], [[], []]);
      assert.deepEqual(
        [host.kinds(guest), guest.kinds(host)].flat().filter((kind) => kind !== "refused"),
        [],
      );
    });
  }

  check("a peer can be sent away with a reason, and is judged again when it comes back", async (cast) => {
    const [one, two] = await cast.pair();
    two.network.disconnect(one.id, { code: "seat-revoked", seat: 4, serial: 9 });
    await cast.bench.until("both sides know", () => !one.isUp(two) && one.refusals().length > 0);
    assert.deepEqual(two.kinds(one), ["up", "down", "refused"]);
    assert.deepEqual(one.kinds(two), ["up", "down", "refused"]);
    assert.deepEqual(two.refusals(), [["us", "seat-revoked"]]);
    assert.deepEqual(one.refusals(), [["them", "seat-revoked"]]);
    one.network.want([]);
    one.wants(two);
    await cast.bench.until("it is back", () => one.isUp(two) && two.isUp(one));
    two.network.disconnect(one.id, { code: "license-missing" });
    two.network.disconnect(one.id, { code: "license-missing" });
  });

  check("two that want each other are connected once, and stay so", async (cast) => {
    const one = await cast.started(1);
    const two = await cast.started(2);
    one.wants(two);
    two.wants(one);
    await cast.bench.until("they met", () => one.isUp(two) && two.isUp(one));
    await cast.bench.pass(1_500);
    const events = [one.kinds(two).length, two.kinds(one).length];
    assert.equal(text(await cast.settle(one.ask(two, "there"))), "there");
    assert.equal(text(await cast.settle(two.ask(one, "here"))), "here");
    await cast.bench.pass(500);
    assert.deepEqual([one.kinds(two).length, two.kinds(one).length], events);
  });

  check(
    "a wanted peer is dialled again when it comes back, and one that was never there when it comes",
    async (cast) => {
      const [one, two] = await cast.pair();
      await cast.settle(two.network.stop());
      await cast.bench.until("it is gone", () => !one.isUp(two));
      await cast.bench.pass(300);
      const again = await cast.started(2);
      await cast.bench.until("it is back", () => one.isUp(again) && again.isUp(one));
      assert.equal(text(await cast.settle(one.ask(again, "welcome"))), "welcome");
    },
  );

  check("a peer that moved is found as soon as its new address is known", async (cast) => {
    const one = await cast.started(1);
    const two = await cast.started(2);
    const address = two.network.addresses()[0] ?? "";
    one.network.want([{ peer: two.id, addresses: ["/ip4/127.0.0.1/tcp/9"] }]);
    await cast.bench.pass(700);
    assert.equal(one.isUp(two), false);
    one.network.want([{ peer: two.id, addresses: ["/ip4/127.0.0.1/tcp/9", address] }]);
    await cast.bench.until("it is found", () => one.isUp(two));
  });

  check("seeds need no name, one of them is enough, and one's own address among them is normal", async (cast) => {
    const [one, two] = [await cast.started(1), await cast.started(2)];
    const seeds = [...one.network.addresses(), "/ip4/127.0.0.1/tcp/9", ...two.network.addresses()];
    for (const peer of [one, two]) peer.network.want(seeds.map((seed) => ({ peer: undefined, addresses: [seed] })));
    await cast.bench.until("they met", () => one.isUp(two) && two.isUp(one));
    await cast.bench.pass(300);
    assert.deepEqual(
      [...one.events, ...two.events].filter((event) => event.kind === "refused" || event.peer === undefined),
      [],
    );
    assert.deepEqual(one.network.connected(), [two.id]);
  });

  check("an address that names a peer leads to no other", async (cast) => {
    const [one, two, three] = [await cast.started(1), await cast.started(2), await cast.started(3)];
    const [address] = two.network.addresses();
    one.network.want([{ peer: undefined, addresses: [`${address}/p2p/${three.id}`] }]);
    await cast.bench.pass(500);
    assert.deepEqual([one.network.connected(), one.events], [[], []]);
    one.network.want([{ peer: undefined, addresses: [`${address}/p2p/${two.id}`] }]);
    await cast.bench.until("the right one is found", () => one.isUp(two));
  });

  check("a network stops quickly, whatever is under way, and stopping twice is harmless", async (cast) => {
    const [one, two] = await cast.pair();
    two.answer = () => new Promise(() => undefined);
    one.network.subscribe(topic);
    one.network.want([
      { peer: two.id, addresses: two.network.addresses() },
      { peer: undefined, addresses: ["/ip4/127.0.0.1/tcp/9"] },
    ]);
    const lost = failsWith("lost", one.ask(two, "never", 60_000));
    await cast.bench.until("it is being served", () => two.served.length === 1);
    let stopped = false;
    const stopping = one.network.stop().then(() => {
      stopped = true;
    });
    await cast.bench.pass(2_000);
    assert.ok(stopped);
    await cast.settle(stopping);
    await cast.settle(lost);
    await cast.settle(one.network.stop());
    assert.deepEqual(one.network.connected(), []);
  });
}
