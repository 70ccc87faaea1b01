import assert from "node:assert/strict";
import { test } from "node:test";
import { Writers } from "../../../node/control/writers.ts";
import { RefusedError } from "../../../node/ports.ts";
import type { WriterStanding } from "../../../node/records/records.ts";
import type { PeerId } from "../../../protocol/ids.ts";
import { peerNumber } from "../../protocol/membership/peers.ts";

const place = { region: "eu", group: "web" };
const members = [
  { peer: peerNumber(0), ...place, server: "www1" },
  { peer: peerNumber(1), ...place, server: "www2" },
  { peer: peerNumber(2), region: "us", group: "web", server: "www2" },
];

function ask(name: string): PeerId {
  const writersOf = (): readonly WriterStanding[] => [];
  return new Writers({ members: () => members, writersOf }).report(name).peer;
}

test("the writers of a peer are asked for by its server, its place or its id", () => {
  assert.equal(ask("www1"), peerNumber(0));
  assert.equal(ask("us/web/www2"), peerNumber(2));
  assert.equal(ask(peerNumber(1)), peerNumber(1));
});

test("they are told of a peer that is no member any more too", () => {
  assert.equal(ask(peerNumber(7)), peerNumber(7));
});

test("a name of several servers, and a name of none, are refused with what to do", () => {
  const said = (name: string): unknown => {
    try {
      return ask(name);
    } catch (error) {
      return error instanceof RefusedError && "detail" in error.refusal ? error.refusal.detail : error;
    }
  };
  assert.equal(said("www2"), "www2 is the name of several: eu/web/www2, us/web/www2");
  assert.equal(said("www9"), "nobody here is called www9; name a server or a peer id");
});
