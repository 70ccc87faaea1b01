/**
 * What users write in the moment between an exchange of two names and its way back.
 *
 * A peer that finds a user's late write in its hands gives it its place back, and keeps what another
 * write put there meanwhile (SPEC, S1). The machine's disk shows when that happens: what an exchange
 * brought out under a staged name goes back from there, and what comes out then is not what was staged.
 */

import type { SimulatedMachine } from "../world/machine.ts";
import type { ContentName, ContentNames } from "./contents.ts";

/** Hears of a content that a peer keeps in the stead of the one it gave back. */
type OnKept = (content: ContentName) => void;

/** An exchange of a staged name that took place. */
interface Exchanged {
  readonly staged: ContentName;
  readonly out: bigint | undefined;
  readonly onKept: OnKept;
}

/** @param onPlaced hears of each content that a peer puts in the place of another one */
export function followWaysBack(
  { faults, user }: Pick<SimulatedMachine, "faults" | "user">,
  names: ContentNames,
  onPlaced: (content: ContentName) => OnKept,
): void {
  const exchanges = new Map<string, Exchanged>();
  const contentAt = (path: string): ContentName | undefined => {
    const content = user.read(path);
    return content && names.nameOf(content);
  };
  let before: Exchanged | undefined;
  faults.planBefore(({ action, path }) => {
    if (action !== "exchange") return undefined;
    const staged = contentAt(path);
    before = staged === undefined ? undefined : { staged, out: user.inode(path), onKept: onPlaced(staged) };
    return undefined;
  });
  faults.planAfter(({ action, path }) => {
    // Names are used again by the next process, and inodes by a disk that was set back: it is another file.
    if (action === "stage") exchanges.delete(path);
    if (action !== "exchange") return undefined;
    const first = exchanges.get(path);
    const content = contentAt(path);
    const isWayBack = first !== undefined && first.out === before?.out;
    if (isWayBack && content !== undefined && content !== first.staged) first.onKept(content);
    if (before !== undefined) exchanges.set(path, { ...before, out: user.inode(path) });
    return undefined;
  });
}
