/** Mode and time of something in the tree, never of what a symlink points to. */

import { chmodCall, closeCall, fstatCall, lstatCall, lutimesCall, openCall, openFlags, utimesCall } from "./calls.ts";
import { secondsOf } from "./stats.ts";

export interface Attributes {
  readonly mode: number;
  /** Undefined leaves the time as it is. */
  readonly mtimeUs: number | undefined;
}

/** Linux: holds what is there and acts on what is held, without needing the right to read it. */
export async function setAttributesHeld(place: string, attributes: Attributes): Promise<void> {
  const descriptor = await openCall(place, openFlags.holdAny);
  try {
    const stats = await fstatCall(descriptor);
    if (stats.isSymbolicLink()) await setTimeOfSymlink(place, attributes);
    else await setBoth(`/proc/self/fd/${descriptor}`, attributes);
  } finally {
    await closeCall(descriptor);
  }
}

/** Elsewhere: a symlink that takes the place after the look is followed. */
export async function setAttributesChecked(place: string, attributes: Attributes): Promise<void> {
  const stats = await lstatCall(place);
  if (stats.isSymbolicLink()) await setTimeOfSymlink(place, attributes);
  else await setBoth(place, attributes);
}

async function setTimeOfSymlink(place: string, { mtimeUs }: Attributes): Promise<void> {
  if (mtimeUs !== undefined) await lutimesCall(place, secondsOf(mtimeUs), secondsOf(mtimeUs));
}

async function setBoth(place: string, { mode, mtimeUs }: Attributes): Promise<void> {
  await chmodCall(place, mode & 0o777);
  if (mtimeUs !== undefined) await utimesCall(place, secondsOf(mtimeUs), secondsOf(mtimeUs));
}
