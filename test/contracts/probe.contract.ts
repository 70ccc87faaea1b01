/** What every Probe keeps, the machine's and the simulated one. */

import assert from "node:assert/strict";
import test from "node:test";
import type { Probe } from "../../node/ports.ts";

export interface ProbeUnderTest {
  readonly probe: Probe;
  /** An absolute path of a directory that exists. */
  readonly path: string;
  /** Lets time pass until the promise settles. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
  readonly close: () => void;
}

export function probeContract(name: string, make: () => ProbeUnderTest): void {
  test(`${name}: a sample is within its bounds, also when asked for many times at once`, () => {
    const { probe, close } = make();
    for (let round = 0; round < 100; round += 1) {
      const load = probe.sample();
      assert.ok(load.cpu >= 0 && load.cpu <= 1);
      assert.ok(load.memoryBytesTotal > 0);
      assert.ok(load.memoryBytesFree >= 0 && load.memoryBytesFree <= load.memoryBytesTotal);
      assert.ok(load.processBytes > 0 && load.processBytes <= load.memoryBytesTotal);
      assert.ok(load.eventLoopDelayMs >= 0);
    }
    close();
  });

  test(`${name}: free space of a file system is a number of bytes`, async () => {
    const { probe, path, settle, close } = make();
    const bytes = await settle(probe.diskBytesFree(path));
    assert.ok(Number.isSafeInteger(bytes) && bytes >= 0);
    close();
  });
}
