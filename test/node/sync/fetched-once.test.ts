/** A conflict that comes up while one of its contents travels. The moment is short: several delays are tried. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedSite } from "../../../simulations/world/site.ts";
import { World } from "../../../simulations/world/world.ts";
import { decodePieceAnswer, decodePieceRequest, piecesOf } from "../../../protocol/wire/content.ts";
import { pathsOf, untilIdle } from "./two-machines.ts";

test("X1: a content that becomes a conflict copy on its way is not fetched twice", async () => {
  for (const delayMs of [0, 10, 20]) {
    const world = new World(7);
    const site = new SimulatedSite(world, [{ name: "one" }, { name: "two" }, { name: "reader" }]);
    const [one, two, reader] = site.machines;
    assert.ok(one && two && reader);
    one.user.write("page", "at first");
    world.schedule(0, () => void site.start());
    await untilIdle(site);
    const brought: string[] = [];
    const asked = new Map<number, readonly string[]>();
    site.fabric.lines.listener = (message, from, to) => {
      if (message.kind === "request" && message.protocol === "/cdmesh/1/content" && from === reader.identity.peer) {
        asked.set(message.id, decodePieceRequest(message.body)?.names ?? []);
      }
      if (message.kind !== "answer" || message.answer.kind !== "ok" || to !== reader.identity.peer) return;
      const names = asked.get(message.id) ?? [];
      const answer = names.length === 0 ? undefined : decodePieceAnswer(message.answer.body, names.length);
      const pieces = answer && piecesOf(answer, answer.data);
      brought.push(...names.filter((_, at) => pieces?.[at]?.state === "sent"));
    };
    // Each writes without having heard of the other.
    site.fabric.cut(one.identity.peer, two.identity.peer);
    one.user.write("page", "by one");
    world.schedule(delayMs, () => two.user.write("page", "by two"));
    await world.run(world.nowMs + 3_000);
    site.fabric.heal(one.identity.peer, two.identity.peer);
    await untilIdle(site);
    assert.equal(pathsOf(reader).length, 2);
    assert.equal(brought.length, 2, `with a delay of ${delayMs} ms`);
    assert.equal(new Set(brought).size, 2);
  }
});
