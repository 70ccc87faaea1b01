/**
 * The brake on deletes (S5): how many may go within ten minutes before somebody is asked.
 *
 * It stands at both ends: where files went, before that is told, and at each peer that is asked to
 * follow. Files and symlinks count; a directory carries no content and goes with what is in it.
 * What was let through is counted in memory only: a restart begins the ten minutes anew, but what
 * was stopped by then stays stopped, and keeps the brake engaged.
 */

import type { DeleteBrake as Marks } from "../../protocol/documents/policy.ts";
import type { Clock } from "../ports.ts";

const windowMs = 10 * 60_000;
/** What is let through within so long counts as one. */
const togetherMs = 1_000;

export class DeleteBrake {
  readonly #clock: Clock;
  readonly #marks: () => Marks;
  /** What was let through, oldest first. */
  #passed: { readonly atMs: number; readonly files: number }[] = [];

  /** @param marks as the policy says at the moment */
  constructor(clock: Clock, marks: () => Marks) {
    this.#clock = clock;
    this.#marks = marks;
  }

  /** Fewer deletes than this never engage the brake. */
  get filesMin(): number {
    return this.#marks().files;
  }

  /** Deletes that no operator was asked about took place. */
  pass(files: number): void {
    if (files === 0) return;
    const [last, nowMs] = [this.#passed.at(-1), this.#clock.monotonicMs()];
    if (last === undefined || nowMs - last.atMs > togetherMs) this.#passed.push({ atMs: nowMs, files });
    else this.#passed.splice(-1, 1, { atMs: last.atMs, files: last.files + files });
  }

  /**
   * Whether deletes go beyond both marks.
   *
   * @param files of this go, and those that wait already
   * @param standing that the folder holds, these among them
   */
  isBeyond(files: number, standing: number): boolean {
    const marks = this.#marks();
    const passed = this.#passedLately();
    const [going, of] = [passed + files, passed + standing];
    return marks.percent < 100 && going > marks.files && going * 100 > marks.percent * of;
  }

  #passedLately(): number {
    const sinceMs = this.#clock.monotonicMs() - windowMs;
    this.#passed = this.#passed.filter(({ atMs }) => atMs > sinceMs);
    return this.#passed.reduce((sum, { files }) => sum + files, 0);
  }
}
