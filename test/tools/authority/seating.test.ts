import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantOfMs } from "../../../protocol/documents/instant.ts";
import type { InstallLicense, Role } from "../../../protocol/documents/license.ts";
import { seatAboveLimit } from "../../../protocol/documents/seats.ts";
import type { Place } from "../../../protocol/membership/place.ts";
import { type SeatWish, seatFor, type Seating } from "../../../tools/authority/seating.ts";
import { authority, peerOf } from "../../protocol/documents/documents.ts";

const limits = { regions: 2, groups: 3, servers: 5, watchers: 2 };
const dates = { issuedAt: instantOfMs(0), notBefore: instantOfMs(0), notAfter: instantOfMs(1_000) };

function wish(label: string, place: string, roles: readonly Role[] = ["serve"], seat?: number): SeatWish {
  const [region = "", group = "", server = label] = place.split("/");
  return { peer: peerOf(label), place: { region, group, server }, roles, seat };
}

function seated(answer: ReturnType<typeof seatFor>): Seating {
  if ("problem" in answer) assert.fail(answer.problem);
  return answer;
}

function licensed({ peer, place, roles }: SeatWish, seating: Seating, serial: number): InstallLicense {
  return { site: authority.site, peer, ...seating, ...place, roles: [...roles], serial, ...dates };
}

/** Seats one after the other, each in sight of those before. */
function seatAll(...wishes: readonly SeatWish[]): readonly InstallLicense[] {
  return wishes.reduce<readonly InstallLicense[]>((inForce, next, at) => {
    const license = licensed(next, seated(seatFor(next, inForce, limits)), at + 1);
    return [...inForce.filter(({ seat }) => seat !== license.seat), license];
  }, []);
}

function numbersOf(license: InstallLicense | undefined): readonly (number | undefined)[] {
  return [license?.seat, license?.regionIndex, license?.groupIndex, license?.watcherIndex];
}

test("seats, regions and groups are numbered from 1, each name once; groups of two regions are two groups", () => {
  const inForce = seatAll(
    wish("a", "seoul/web"),
    wish("b", "seoul/web"),
    wish("c", "busan/web"),
    wish("d", "seoul/db"),
  );
  assert.deepEqual(inForce.map(numbersOf), [
    [1, 1, 1, undefined],
    [2, 1, 1, undefined],
    [3, 2, 2, undefined],
    [4, 1, 3, undefined],
  ]);
});

test("only those who watch take a watcher's number, and they keep it", () => {
  const inForce = seatAll(wish("a", "seoul/web"), wish("b", "seoul/web", ["watch"]), wish("c", "seoul/web", ["watch"]));
  assert.deepEqual(
    inForce.map(({ watcherIndex }) => watcherIndex),
    [undefined, 1, 2],
  );
  const again = seatFor(wish("c", "seoul/web", ["watch", "serve"]), inForce, limits);
  assert.equal(seated(again).watcherIndex, 2);
});

test("a peer that is admitted again keeps its seat, also when it moves", () => {
  const inForce = seatAll(wish("a", "seoul/web"), wish("b", "seoul/web"));
  assert.deepEqual(seated(seatFor(wish("a", "busan/web"), inForce, limits)), {
    seat: 1,
    regionIndex: 2,
    groupIndex: 2,
  });
});

test("above a limit nobody is seated, and what would help is said", () => {
  const two = seatAll(wish("a", "seoul/web", ["watch"]), wish("b", "busan/web", ["watch"]));
  const cases = [
    [wish("c", "jeju/web"), /allows 2 regions/],
    [wish("c", "seoul/web", ["watch"]), /allows 2 watchers/],
    [wish("c", "seoul/web", ["serve"], 6), /allows 5 servers/],
  ] as const;
  for (const [further, problem] of cases) {
    const answer = seatFor(further, two, limits);
    assert.match("problem" in answer ? answer.problem : "seated", problem);
  }
  const groups = seatAll(wish("a", "seoul/web"), wish("b", "seoul/db"), wish("c", "seoul/cache"));
  const answer = seatFor(wish("d", "seoul/fourth"), groups, limits);
  assert.match("problem" in answer ? answer.problem : "seated", /allows 3 groups/);
});

test("what is free again is given out again: seats, regions, groups and watchers' numbers", () => {
  const inForce = seatAll(wish("a", "seoul/web", ["watch"]), wish("b", "busan/web", ["watch"]), wish("c", "busan/db"));
  const withoutA = inForce.filter(({ peer }) => peer !== peerOf("a"));
  const seating = seated(seatFor(wish("d", "jeju/web", ["watch"]), withoutA, limits));
  assert.deepEqual(seating, { seat: 1, regionIndex: 1, groupIndex: 1, watcherIndex: 1 });
});

test("a name that another peer has is not given twice, unless the machine is replaced", () => {
  const inForce = seatAll(wish("a", "seoul/web/web-1", ["watch"]), wish("b", "seoul/web/web-2"));
  const answer = seatFor(wish("c", "seoul/web/web-1"), inForce, limits);
  assert.match("problem" in answer ? `${answer.problem} ${answer.remedy}` : "seated", /belongs to seat 1.*--seat 1/);
  const replaced = seated(seatFor(wish("c", "seoul/web/web-1", ["watch"], 1), inForce, limits));
  assert.deepEqual(replaced, { seat: 1, regionIndex: 1, groupIndex: 1, watcherIndex: 1 });
});

test("one peer has one seat", () => {
  const inForce = seatAll(wish("a", "seoul/web"), wish("b", "seoul/web"));
  const answer = seatFor(wish("a", "seoul/web", ["serve"], 2), inForce, limits);
  assert.match("problem" in answer ? answer.problem : "seated", /has seat 1 already/);
});

test("property: whoever is seated is within every limit, and no number is given to two names", () => {
  const name = fc.constantFrom("a", "b", "c");
  const place: fc.Arbitrary<Place> = fc.record({
    region: name,
    group: name,
    server: fc.constantFrom("1", "2", "3", "4"),
  });
  const step = fc.record({
    label: fc.constantFrom("p", "q", "r", "s", "t", "u"),
    place,
    roles: fc.constantFrom<readonly Role[]>(["watch"], ["serve"], ["watch", "serve"]),
    seat: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    revoked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let inForce: readonly InstallLicense[] = [];
      for (const [at, { label, place: where, roles, seat, revoked }] of steps.entries()) {
        const next: SeatWish = { peer: peerOf(label), place: where, roles, seat };
        const answer = seatFor(next, inForce, limits);
        if ("problem" in answer) continue;
        const license = licensed(next, answer, at + 1);
        assert.equal(seatAboveLimit(license, limits), undefined);
        inForce = [...inForce.filter((other) => other.seat !== license.seat), license];
        for (const [nameOf, numberOf] of [
          [(one: InstallLicense) => one.peer, (one: InstallLicense) => one.seat],
          [(one: InstallLicense) => one.region, (one: InstallLicense) => one.regionIndex],
          [(one: InstallLicense) => `${one.region}/${one.group}`, (one: InstallLicense) => one.groupIndex],
        ] as const) {
          const pairs = new Set(inForce.map((one) => `${nameOf(one)} ${numberOf(one)}`));
          assert.equal(pairs.size, new Set(inForce.map(nameOf)).size);
          assert.equal(pairs.size, new Set(inForce.map(numberOf)).size);
        }
        const watchers = inForce.map((one) => one.watcherIndex).filter((index) => index !== undefined);
        assert.equal(new Set(watchers).size, watchers.length);
        if (revoked) inForce = inForce.slice(1);
      }
    }),
  );
});
