import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { NoRoomError, reservedBytes, type Room, StagingRoom } from "../../../node/sync/staging-room.ts";

const mib = 1024 * 1024;
const gib = 1024 * mib;
const perFileBytes = 4_096;
const nothingGoes = async (): Promise<number> => 0;

/** A disk of 10 MiB, of which 1 MiB is reserved. */
function disk(freeBytes: number) {
  const facts = { freeBytes, totalBytes: 10 * mib, freeInodes: 1_000_000 };
  return { facts, room: new StagingRoom({ space: async () => ({ ...facts }) }) };
}

function isRoom(room: Room | NoRoomError): room is Room {
  return !(room instanceof NoRoomError);
}

test("S10: a hundredth of a disk is left free, within bounds that suit small and large ones", () => {
  const left = [mib, gib, 10 * gib, 100 * gib, 20_000 * gib].map(reservedBytes);
  assert.deepEqual(left, [mib / 10, gib / 10, 256 * mib, gib, 8 * gib].map(Math.floor));
});

test("S10: property: what is set aside never reaches into the reserve, and comes back whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 4 * mib }), { maxLength: 6 }), { maxLength: 6 }),
      fc.integer({ min: 0, max: 10 * mib }),
      async (asked, freeBytes) => {
        const { room } = disk(freeBytes);
        const before = await room.freeBytes();
        const given = await Promise.all(asked.map((sizes) => room.take(sizes, nothingGoes)));
        const sizes = asked.flat();
        const rooms = given.flat();
        const taken = sizes.filter((_, at) => isRoom(rooms[at] ?? assert.fail()));
        const sum = taken.reduce((total, size) => total + size + perFileBytes, 0);
        assert.ok(sum <= Math.max(0, freeBytes - mib));
        assert.equal(await room.freeBytes(), before - sum);
        for (const one of rooms.filter(isRoom)) {
          one.written(mib);
          one.release();
          one.release();
        }
        assert.equal(await room.freeBytes(), before);
      },
    ),
  );
});

test("S10: what does not fit is passed over for what does, and says what it needs", async () => {
  const { room } = disk(3 * mib);
  const [large, small] = await room.take([5 * mib, mib], nothingGoes);
  assert.ok(large instanceof NoRoomError);
  assert.deepEqual([large.neededBytes, large.freeBytes], [5 * mib + perFileBytes, 2 * mib]);
  assert.ok(small !== undefined && isRoom(small));
});

test("S10: kept versions are asked for what is lacking, and what fits then is taken", async () => {
  const { room, facts } = disk(2 * mib);
  const wanted: number[] = [];
  const rooms = await room.take([mib, 2 * mib], async (bytes) => {
    wanted.push(bytes);
    facts.freeBytes += 3 * mib;
    return 3 * mib;
  });
  assert.ok(rooms.every(isRoom));
  assert.equal(wanted.length, 1);
  assert.ok((wanted[0] ?? 0) >= mib);
});

test("S10: without inodes there is no room, however many bytes are free", async () => {
  const { room, facts } = disk(9 * mib);
  facts.freeInodes = 1_000;
  const [one] = await room.take([1], nothingGoes);
  assert.ok(one instanceof NoRoomError);
});
