import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import test from "node:test";
import { Turnstile } from "../../../node/network/turnstile.ts";

test("so many come in at once, the others in the order in which they came", async () => {
  const turnstile = new Turnstile(2);
  const inside: number[] = [];
  const leaves: (() => void)[] = [];
  for (let visitor = 0; visitor < 5; visitor += 1) {
    void turnstile.enter().then((leave) => {
      inside.push(visitor);
      leaves.push(leave);
    });
  }
  await settled();
  assert.deepEqual(inside, [0, 1]);
  leaves[1]?.();
  leaves[1]?.();
  await settled();
  assert.deepEqual(inside, [0, 1, 2]);
  for (const leave of leaves.splice(0)) leave();
  await settled();
  assert.deepEqual(inside, [0, 1, 2, 3, 4]);
});

test("who gives up waiting takes no place and leaves no listener", async () => {
  const turnstile = new Turnstile(1);
  const leave = await turnstile.enter();
  const controller = new AbortController();
  const waiting = turnstile.enter(controller.signal);
  const next = turnstile.enter();
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, /gave up/);
  await assert.rejects(turnstile.enter(controller.signal), /gave up/);
  leave();
  (await next)();
  const patient = new AbortController();
  (await turnstile.enter(patient.signal))();
  assert.equal(getEventListeners(patient.signal, "abort").length, 0);
});

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
