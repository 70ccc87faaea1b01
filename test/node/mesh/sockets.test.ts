import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { Libp2pNetwork } from "../../../node/adapters/libp2p/host.ts";
import { SystemClock } from "../../../node/adapters/system-clock.ts";
import { SystemProbe } from "../../../node/adapters/system-probe.ts";
import { SystemRandom } from "../../../node/adapters/system-random.ts";
import { identityOfSeed } from "../../../node/identity.ts";
import { Mesh } from "../../../node/mesh/mesh.ts";
import { Switchboard } from "../../../node/switchboard.ts";
import { parsePeerAddress } from "../../../protocol/membership/address.ts";
import { FakeLog } from "../../../simulations/world/log.ts";
import { World } from "../../../simulations/world/world.ts";
import { digestOf, siteNumber } from "../../protocol/membership/beacons.ts";
import { StubRecords } from "./stub-records.ts";

const seeds = [1, 2, 3].map((number) => new Uint8Array(32).fill(number));
const members = seeds.map((seed, at) => ({
  peer: identityOfSeed(seed).peer,
  place: { region: "r", group: "g", server: `s${at}` },
}));

/** A peer on loopback that knows where the first one listens. */
async function start(context: TestContext, seed: Uint8Array, first: Libp2pNetwork | undefined) {
  const [clock, random, log] = [new SystemClock(), new SystemRandom(), new FakeLog(new World(1))];
  const network = new Libp2pNetwork({ seed, listen: ["/ip4/127.0.0.1/tcp/0"], clock, random, log });
  const switchboard = new Switchboard(network);
  const identity = identityOfSeed(seed);
  const mesh = await Mesh.open({
    ports: {
      clock,
      random,
      log,
      probe: new SystemProbe(),
      store: { get: async () => undefined, write: async () => {} },
    },
    identity,
    switchboard,
    trust: {
      site: siteNumber(1),
      members: () => members,
      member: (peer) => members.find((member) => member.peer === peer),
      documentsDigest: () => digestOf("documents"),
      policyVersion: () => 1,
      onChange: () => () => {},
    },
    records: new StubRecords(identity.peer),
    seeds: (first?.addresses() ?? []).flatMap((text) => {
      const address = parsePeerAddress(text);
      return address === undefined ? [] : [{ peer: undefined, address }];
    }),
    announce: [],
    summaries: () => [],
  });
  await switchboard.start({ hello: () => new Uint8Array(), judge: () => undefined });
  mesh.start();
  let isRunning = true;
  const stop = async (): Promise<void> => {
    if (!isRunning) return;
    isRunning = false;
    await mesh.stop();
    await network.stop();
  };
  context.after(stop);
  return { mesh, network, peer: identity.peer, stop };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const giveUpMs = performance.now() + 30_000;
  while (!isSo()) {
    assert.ok(performance.now() < giveUpMs, `it takes too long until ${what}`);
    await sleep(20);
  }
}

test("over real sockets beacons reach everybody, also through another peer, and so does the goodbye", async (context) => {
  const [firstSeed, ...otherSeeds] = seeds;
  assert.ok(firstSeed !== undefined);
  const hub = await start(context, firstSeed, undefined);
  const others = await Promise.all(otherSeeds.map((seed) => start(context, seed, hub.network)));
  const [one, other] = others;
  assert.ok(one !== undefined && other !== undefined);
  // The others know the hub only: what they hear of each other, it passed on.
  await until("all are heard", () => [hub, one].every(({ mesh }) => mesh.lastBeacon(other.peer) !== undefined));
  assert.deepEqual([hub.mesh.state(other.peer), one.mesh.state(other.peer)], ["connected", "alive"]);
  await other.stop();
  await until("the goodbye is heard", () => [hub, one].every(({ mesh }) => mesh.state(other.peer) === "left"));
});
