import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DocumentSet } from "../../../protocol/documents/document-set.ts";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import { rosterAt } from "../../../protocol/documents/roster.ts";
import { FakeAuthority } from "../../../simulations/world/authority.ts";
import { worldEpochMs } from "../../../simulations/world/clock.ts";
import { far, offer, peerOf, setOf, web1, web2 } from "./documents.ts";

const [a, b] = [peerOf("a"), peerOf("b")];
const nowMs = worldEpochMs;

function namesAt(set: DocumentSet, atMs = nowMs): readonly string[] {
  return [...rosterAt(set, atMs).members.keys()].toSorted();
}

test("members are the peers whose license lets them in, each with place, roles and seat", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense(), site.admit(a, web1, ["watch", "serve"]), site.admit(b, web2, []));
  const { members } = rosterAt(set, nowMs);
  assert.deepEqual(members.get(a), { peer: a, place: web1, roles: new Set(["watch", "serve"]), seat: 1, serial: 2 });
  assert.equal(members.size, 2);
});

test("before the site license is known nobody is a member", () => {
  const site = new FakeAuthority("s");
  assert.deepEqual(namesAt(setOf(site, site.admit(a, web1, []))), []);
});

test("the newest license of a peer that lets it in says where it stands", () => {
  const site = new FakeAuthority("s");
  const later = { notBefore: instantOfMs(nowMs + 60_000) };
  const set = setOf(site, site.siteLicense(), site.admit(a, web1, []), site.admit(b, web2, []));
  offer(set, site.admit(b, far, []));
  assert.deepEqual(rosterAt(set, nowMs).members.get(b)?.place, far);
  // A license for later supersedes its seat at once: the authority said so.
  offer(set, site.admit(b, web2, [], later));
  assert.deepEqual(namesAt(set), [a]);
  assert.deepEqual(namesAt(set, nowMs + 60_000), [a, b].toSorted());
});

test("a seat that moved to another peer leaves the old one outside; a revoked one leaves nobody", () => {
  const site = new FakeAuthority("s");
  const set = setOf(site, site.siteLicense(), site.admit(a, web1, []));
  offer(set, site.admit(b, web1, [], { seat: 1 }));
  assert.deepEqual(namesAt(set), [b]);
  const revoked = setOf(site, site.siteLicense(), site.admit(a, web1, []), site.revoke(a));
  assert.deepEqual(namesAt(revoked), []);
});

test("property: between its turns a roster is what a fresh one would be", () => {
  const site = new FakeAuthority("s");
  const second = fc.integer({ min: -100, max: 100 });
  const spans = fc.array(fc.tuple(second, second), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(spans, second, second, (drawn, one, other) => {
      const set = setOf(site, site.siteLicense());
      for (const [at, [from, length]] of drawn.entries()) {
        const dates = {
          notBefore: instantOfMs(nowMs + from * 1_000),
          notAfter: instantOfMs(nowMs + (from + Math.abs(length)) * 1_000),
        };
        offer(set, site.admit(peerOf(`peer ${at}`), web1, [], { seat: at + 1, ...dates }));
      }
      const [oneMs, otherMs] = [nowMs + one * 1_000, nowMs + other * 1_000];
      const roster = rosterAt(set, oneMs);
      assert.ok(roster.fromMs <= oneMs && oneMs < roster.untilMs);
      if (roster.fromMs <= otherMs && otherMs < roster.untilMs)
        assert.deepEqual(namesAt(set, otherMs), namesAt(set, oneMs));
    }),
  );
});
