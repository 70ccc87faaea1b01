import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FloorMesh, type Forgetful } from "./floor-mesh.ts";
import { answerTo } from "./replicas.ts";

async function meet(mesh: FloorMesh, peers: readonly Forgetful[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    for (const to of peers) for (const from of peers) if (to !== from) await mesh.tell(from, to);
  }
  for (const peer of peers) await mesh.turn(peer);
}

/** Days on which these peers meet and turn. */
async function days(mesh: FloorMesh, count: number, peers: readonly Forgetful[]): Promise<void> {
  for (let day = 0; day < count; day += 1) {
    mesh.day += 1;
    await meet(mesh, peers);
  }
}

test("C4: a tombstone goes once all have acknowledged it, and nobody shows anything else than before", async () => {
  const mesh = await FloorMesh.of(3);
  await mesh.write(mesh.peer(0), "a");
  await mesh.write(mesh.peer(0), "b");
  await meet(mesh, mesh.peers);
  await mesh.write(mesh.peer(1), "a", true);
  await days(mesh, 2, mesh.peers);
  for (const peer of mesh.peers) {
    assert.equal(peer.replica.holdings.tombstones, 0);
    assert.deepEqual(await peer.replica.state("a"), []);
    assert.deepEqual(
      (await peer.replica.page(undefined, 10)).map(({ key }) => key),
      ["b"],
    );
  }
  await mesh.assertNothingLostOrRevived();
});

test("C4: while a member that is waited for has not acknowledged it, a tombstone stays", async () => {
  const mesh = await FloorMesh.of(3);
  const [one, two, three] = [mesh.peer(0), mesh.peer(1), mesh.peer(2)];
  await mesh.write(one, "a");
  await meet(mesh, mesh.peers);
  await mesh.write(one, "a", true);
  await days(mesh, 3, [one, two]);
  assert.equal(one.replica.holdings.tombstones, 1);
  await days(mesh, 1, [one, two]);
  assert.equal(one.replica.holdings.tombstones, 0);
  assert.equal(three.replica.holdings.tombstones, 0);
});

test("C4: a member that was away for longer than tombstones live brings nothing back and loses nothing", async () => {
  const mesh = await FloorMesh.of(3);
  const [one, two, away] = [mesh.peer(0), mesh.peer(1), mesh.peer(2)];
  for (const key of ["deleted", "edited away", "kept"]) await mesh.write(one, key);
  await meet(mesh, mesh.peers);
  await mesh.write(one, "deleted", true);
  await mesh.write(one, "edited away", true);
  await mesh.write(away, "edited away");
  await mesh.write(away, "new");
  await days(mesh, 6, [one, two]);
  assert.equal(one.replica.holdings.tombstones, 0);
  // One peer alone may say what it likes.
  await mesh.tell(one, away);
  assert.equal(away.replica.upkeep.isCatchingUp, false);
  assert.equal((await away.replica.state("deleted")).length, 1);
  await mesh.tell(two, away);
  assert.equal(away.replica.upkeep.isCatchingUp, true);
  // Also those who stayed ask it, before it is through.
  await mesh.tell(away, one);
  await mesh.tell(away, two);
  await mesh.settle();
  assert.deepEqual(await away.replica.state("deleted"), []);
  assert.equal((await one.replica.state("edited away")).length, 1);
  await mesh.assertNothingLostOrRevived();
});

test("C4: two halves that were apart for longer than tombstones live agree on what each of them deleted", async () => {
  const mesh = await FloorMesh.of(4);
  const [one, two, three, four] = [mesh.peer(0), mesh.peer(1), mesh.peer(2), mesh.peer(3)];
  for (const key of ["a", "b", "c"]) await mesh.write(one, key);
  await meet(mesh, mesh.peers);
  await mesh.write(one, "a", true);
  await mesh.write(three, "b", true);
  await mesh.write(two, "left");
  await mesh.write(four, "right");
  for (let day = 0; day < 6; day += 1) {
    await days(mesh, 1, [one, two]);
    mesh.day -= 1;
    await days(mesh, 1, [three, four]);
  }
  for (const { replica } of mesh.peers) assert.equal(replica.holdings.tombstones, 0);
  await mesh.settle();
  await mesh.assertNothingLostOrRevived();
});

test("C4: a new member takes the floor over and shows what the others show", async () => {
  const mesh = await FloorMesh.of(4);
  const first = mesh.peers.slice(0, 3);
  await mesh.write(mesh.peer(0), "a");
  await mesh.write(mesh.peer(0), "b");
  await meet(mesh, first);
  await mesh.write(mesh.peer(0), "a", true);
  await days(mesh, 6, first);
  assert.equal(mesh.peer(0).replica.holdings.tombstones, 0);
  await mesh.settle();
  await mesh.assertNothingLostOrRevived();
});

test("C4: a floor above all that was signed counts as far as it can be shown, and puts nobody in doubt for good", async () => {
  const mesh = await FloorMesh.of(3);
  const [one, liar, victim] = [mesh.peer(0), mesh.peer(1), mesh.peer(2)];
  await mesh.write(one, "a");
  await meet(mesh, [one, liar]);
  const answer = await answerTo(liar, victim.replica.context());
  const delta = victim.replica.prove(answer);
  assert.ok("sections" in delta);
  const floor = new Map(delta.sections.map(({ writer }) => [writer, 2 ** 40]));
  assert.ok(await victim.claims.hear(liar.peer, victim.replica, { floor, goal: floor }, delta));
  assert.equal(victim.replica.upkeep.isCatchingUp, true);
  await victim.replica.takeProven(delta);
  await mesh.settle();
  await mesh.assertNothingLostOrRevived();
});

type Act =
  | { readonly kind: "write"; readonly by: number; readonly key: string; readonly tombstone: boolean }
  | { readonly kind: "meet"; readonly mask: number }
  | { readonly kind: "tell"; readonly from: number; readonly to: number }
  | { readonly kind: "days"; readonly mask: number; readonly count: number };

const index = fc.nat({ max: 3 });
const acts = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("write" as const),
        by: index,
        key: fc.constantFrom("a", "b", "c"),
        tombstone: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("tell" as const), from: index, to: index }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("meet" as const), mask: fc.nat({ max: 15 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("days" as const),
        mask: fc.nat({ max: 15 }),
        count: fc.integer({ min: 1, max: 5 }),
      }),
    },
  ),
  { minLength: 4, maxLength: 16 },
);

async function act(mesh: FloorMesh, step: Act): Promise<void> {
  const chosen = (mask: number): readonly Forgetful[] => mesh.peers.filter((_, at) => (mask & (1 << at)) !== 0);
  if (step.kind === "write") await mesh.write(mesh.peer(step.by), step.key, step.tombstone);
  else if (step.kind === "meet") await meet(mesh, chosen(step.mask));
  else if (step.kind === "days") await days(mesh, step.count, chosen(step.mask));
  else if (step.from % mesh.peers.length !== step.to % mesh.peers.length)
    await mesh.tell(mesh.peer(step.from), mesh.peer(step.to));
}

test("C4, S1: property: whoever is away for however long, in the end all show what was written and not superseded", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 4 }), acts, async (count, script) => {
      const mesh = await FloorMesh.of(count);
      for (const step of script) await act(mesh, step);
      await mesh.settle();
      await mesh.assertNothingLostOrRevived();
    }),
    { numRuns: 80 },
  );
});
