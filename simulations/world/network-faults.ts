/** Faults of the network: lines that are cut, links that flap, connections that only one side has, and all that is lost or late. */

import { anyPair, type Fault, whileMs } from "./fault-scene.ts";
import type { SimulatedMachine } from "./machine.ts";
import type { Latency } from "./network-lines.ts";

export const networkFaults = {
  cut: (scene) => {
    const [one, other] = anyPair(scene);
    scene.say(`${one.name} and ${other.name} are cut off from each other`);
    cutFor(scene, one, other, whileMs(scene));
  },
  "one-way-cut": (scene) => {
    const { fabric } = scene.site;
    const [from, to] = anyPair(scene);
    scene.say(`nothing passes from ${from.name} to ${to.name}`);
    fabric.cutOneWay(from.identity.peer, to.identity.peer);
    scene.undoIn(whileMs(scene), () => fabric.heal(from.identity.peer, to.identity.peer));
  },
  isolation: (scene) => {
    const { fabric, machines } = scene.site;
    const machine = scene.chance.pick(machines);
    scene.say(`${machine.name} is isolated`);
    fabric.isolate(machine.identity.peer);
    scene.undoIn(whileMs(scene), () => fabric.rejoin(machine.identity.peer));
  },
  halves: (scene) => {
    const { chance, site } = scene;
    const sides = new Map(site.machines.map((machine) => [machine, chance.happens(0.5)]));
    const [left, right] = [true, false].map((side) => site.machines.filter((one) => sides.get(one) === side));
    if (!left?.length || !right?.length) return;
    scene.say(`${namesOf(left)} | ${namesOf(right)}`);
    const forMs = whileMs(scene);
    for (const one of left) for (const other of right) cutFor(scene, one, other, forMs);
  },
  "flapping-link": (scene) => {
    const { chance, site } = scene;
    const [one, other] = anyPair(scene);
    scene.say(`the link of ${one.name} and ${other.name} flaps`);
    let atMs = 0;
    for (let times = 2 + chance.integer(8); times > 0; times -= 1) {
      atMs += chance.exponential(300);
      const downMs = chance.exponential(300);
      site.world.schedule(atMs, () => cutFor(scene, one, other, downMs));
    }
  },
  /** One side lost the connection and the other one was never told. */
  "half-open": (scene) => {
    const [one, other] = anyPair(scene);
    if (!scene.site.fabric.forgetConnection(one.identity.peer, other.identity.peer)) return;
    scene.say(`${one.name} knows nothing any more of its connection to ${other.name}`);
  },
  /** In the middle of whatever is under way. */
  reset: (scene) => {
    const [one, other] = anyPair(scene);
    scene.say(`the connection of ${one.name} and ${other.name} is reset`);
    scene.site.fabric.reset(one.identity.peer, other.identity.peer);
  },
  "broken-streams": (scene) => {
    const probability = scene.chance.pick([0.02, 0.2, 0.6]);
    scene.say(`of ${probability} of all requests the stream breaks, and of as many answers`);
    scene.site.fabric.breakStreams(probability);
    scene.undoIn(whileMs(scene), () => scene.site.fabric.breakStreams(0));
  },
  "lost-gossip": (scene) => {
    const probability = scene.chance.pick([0.1, 0.5, 1]);
    scene.say(`${probability} of all gossip is lost`);
    scene.site.fabric.loseGossip(probability);
    scene.undoIn(whileMs(scene), () => scene.site.fabric.loseGossip(0));
  },
  "doubled-gossip": (scene) => {
    scene.say("gossip that was heard is heard again");
    scene.site.fabric.doubleGossip(0.5);
    scene.undoIn(whileMs(scene), () => scene.site.fabric.doubleGossip(0));
  },
  /** Messages overtake each other widely. */
  "slow-lines": (scene) => {
    const meanMs = scene.chance.pick([20, 200, 2_000]);
    scene.say(`messages take ${meanMs} ms on average, some far longer`);
    changeLatency(scene, (_from, _to, chance) => chance.exponential(meanMs));
  },
  /** One machine room, and others on the far side of the world. */
  "far-lines": (scene) => {
    const far = new Set(
      scene.site.machines.filter(() => scene.chance.happens(0.4)).map(({ identity }) => identity.peer),
    );
    scene.say(`${far.size} machines are far away from all others`);
    changeLatency(scene, (from, to, chance) => (far.has(from) || far.has(to) ? 350 : 0.2) * (1 + chance.unit()));
  },
  "dial-out-only": (scene) => {
    const { fabric, machines } = scene.site;
    const machine = scene.chance.pick(machines);
    const peer = machine.identity.peer;
    scene.say(`nobody can dial ${machine.name}`);
    fabric.hide(peer);
    for (const { identity } of machines) if (identity.peer !== peer) fabric.reset(peer, identity.peer);
    scene.undoIn(whileMs(scene), () => fabric.show(peer));
  },
} as const satisfies Record<string, Fault>;

function cutFor(
  { site, undoIn }: Parameters<Fault>[0],
  one: SimulatedMachine,
  other: SimulatedMachine,
  forMs: number,
): void {
  site.fabric.cut(one.identity.peer, other.identity.peer);
  undoIn(forMs, () => site.fabric.heal(one.identity.peer, other.identity.peer));
}

function changeLatency(scene: Parameters<Fault>[0], latency: Latency): void {
  scene.site.fabric.setLatency(latency);
  scene.undoIn(whileMs(scene), () => scene.site.fabric.setLatency(undefined));
}

function namesOf(machines: readonly SimulatedMachine[]): string {
  return machines.map(({ name }) => name).join(", ");
}
