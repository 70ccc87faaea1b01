/** What every Clock keeps, the machine's and the simulated one. */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import test from "node:test";
import type { Clock } from "../../node/ports.ts";

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets time pass until the promise settles. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
}

export function clockContract(name: string, make: () => ClockUnderTest): void {
  test(`${name}: wall time is a whole number of milliseconds in our century`, () => {
    const { clock } = make();
    assert.ok(Number.isSafeInteger(clock.wallMs()));
    assert.ok(clock.wallMs() > Date.UTC(2025, 0) && clock.wallMs() < Date.UTC(2100, 0));
  });

  test(`${name}: monotonic time never goes back`, async () => {
    const { clock, settle } = make();
    let lastMs = clock.monotonicMs();
    for (let round = 0; round < 20; round += 1) {
      await settle(clock.sleep(round % 3));
      assert.ok(clock.monotonicMs() >= lastMs);
      lastMs = clock.monotonicMs();
    }
  });

  test(`${name}: a timer rings once and no sooner than asked`, async () => {
    const { clock, settle } = make();
    for (const delayMs of [0, 1, 1.5, 7, 20]) {
      const startMs = clock.monotonicMs();
      let rings = 0;
      await settle(
        new Promise<void>((resolve) => {
          clock.after(delayMs, () => {
            rings += 1;
            resolve();
          });
        }),
      );
      assert.ok(clock.monotonicMs() - startMs >= delayMs, `rang before ${delayMs} ms`);
      await settle(clock.sleep(delayMs + 5));
      assert.equal(rings, 1);
    }
  });

  test(`${name}: a timer never rings inside the call that sets it, also with a delay below zero`, async () => {
    const { clock, settle } = make();
    let rang = false;
    const ringing = new Promise<void>((resolve) => {
      clock.after(-5, () => {
        rang = true;
        resolve();
      });
    });
    assert.equal(rang, false);
    await settle(ringing);
  });

  test(`${name}: a cancelled timer never rings; cancelling twice or afterwards is harmless`, async () => {
    const { clock, settle } = make();
    const cancel = clock.after(5, () => assert.fail("it was cancelled"));
    cancel();
    cancel();
    const cancelLate = clock.after(1, () => undefined);
    await settle(clock.sleep(20));
    cancelLate();
  });

  test(`${name}: a delay of years does not ring at once`, async () => {
    const { clock, settle } = make();
    const cancel = clock.after(100 * 365 * 86_400_000, () => assert.fail("a century is not over"));
    await settle(clock.sleep(20));
    cancel();
  });

  test(`${name}: sleep wakes as soon as its signal aborts, and leaves no listener behind`, async () => {
    const { clock, settle } = make();
    const controller = new AbortController();
    const startMs = clock.monotonicMs();
    clock.after(5, () => controller.abort());
    await settle(clock.sleep(3_600_000, controller.signal));
    assert.ok(clock.monotonicMs() - startMs < 60_000);
    await settle(clock.sleep(3_600_000, controller.signal));
    assert.ok(clock.monotonicMs() - startMs < 60_000);
    const unused = new AbortController();
    await settle(clock.sleep(1, unused.signal));
    assert.equal(getEventListeners(unused.signal, "abort").length, 0);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });
}
