import assert from "node:assert/strict";
import { test } from "node:test";
import { Exchange } from "../../../node/records/exchange.ts";
import { FloorClaims } from "../../../node/records/floor-claims.ts";
import { encodeDigestsAnswer, type Standing } from "../../../protocol/wire/records-exchange.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";
import { makeReplica, press } from "./replicas.ts";
import { TestDocuments } from "./stub-trust.ts";

const other = peerNumber(2);

/** Whoever is asked says this of where it stands, and no digests. */
async function askedOf(standing: Standing): Promise<{ readonly isDone: boolean; readonly isFinished: boolean }> {
  const documents = new TestDocuments();
  const { replica, trust, life, log, identity } = await makeReplica(1, { documents });
  for (const peer of [identity.peer, other]) documents.members.set(peer, { region: "eu", group: "web", server: peer });
  const exchange = new Exchange({
    network: { request: async () => encodeDigestsAnswer({ standings: [standing], differing: [] }) },
    log,
    trust,
    life,
    replicas: new Map([[press, replica]]),
    onDivergence: async () => undefined,
    onAgreed: async () => undefined,
    floors: new FloorClaims({ log, quorum: async () => 1 }),
  });
  exchange.peerUp(other);
  const isDone = await exchange.exchange(other);
  return { isDone, isFinished: exchange.finishedSinceUp(other, press) };
}

test("C1: an exchange has come to its end once both know the same, and else it is begun again soon", async () => {
  const ended = { isDone: true, isFinished: true };
  const open = { isDone: false, isFinished: false };
  assert.deepEqual(await askedOf("equal"), ended);
  assert.deepEqual(await askedOf("unsure"), ended);
  assert.deepEqual(await askedOf("not-shared"), open);
  assert.deepEqual(await askedOf("differs"), open);
});
