/**
 * The write ledger: every content that users wrote, who saw it go, and what power cuts took. The
 * oracle of S1, S3, S5, C4 and X4.
 *
 * A user who replaces or removes what the disk of his machine shows has seen it. So a content is
 * owed to its writer until some user destroyed it in sight; and it may come back only while there
 * is a place of it that nobody saw go. A place is a path where a user put a content: by writing,
 * by renaming, by another mode. What a machine that lost power had alone, and had not flushed, is
 * owed no more (harness rule c).
 */

import { pathOfCopy, parseStandingPath } from "../../protocol/folder/path.ts";
import type { FakeUser } from "../world/user.ts";
import { type ContentName, type ContentNames, emptyContent, type StandingFile } from "./contents.ts";

/** A user who saw something go, and how. */
interface Witness {
  readonly machine: string;
  readonly what: string;
}

/** Where a user put a content. */
interface Place {
  readonly path: string;
  readonly mode: number;
  /** Whoever saw it go, the first one first. */
  goneBy: readonly Witness[];
}

interface Written {
  readonly what: string;
  readonly places: Place[];
  /** The users who destroyed it in sight, anywhere. */
  destroyedBy: readonly Witness[];
  /** Why it is owed to nobody any more. */
  excuse: string | undefined;
}

/** A machine, as far as the ledger looks at it. */
export interface LedgerMachine {
  readonly name: string;
  readonly user: FakeUser;
}

export class WriteLedger {
  readonly names: ContentNames;
  /** Contents that need not stand in the tree. */
  readonly keptVersions = new Set<ContentName>();
  readonly #written = new Map<ContentName, Written>();
  /** All paths that there ever were after something that a user did. */
  readonly #paths = new Set<string>();
  /** What users wrote into, by machine: such a file may be torn by a power cut, which is nobody's fault. */
  readonly #handled = new Map<string, Set<bigint>>();
  #someForgot = false;

  constructor(names: ContentNames) {
    this.names = names;
  }

  /** How many contents no user destroyed in sight. */
  get undestroyed(): number {
    return [...this.#written.values()].filter(({ destroyedBy }) => destroyedBy.length === 0).length;
  }

  /** Lets a user act, and notes what it did and cost. @returns false when it could not be done, which is fine */
  act({ name, user }: LedgerMachine, what: string, act: () => void): boolean {
    const before = this.names.filesOf(user.snapshot());
    let isDone = true;
    try {
      act();
    } catch {
      // Half of it may be done: the parents of what could not be made, a file beside it.
      isDone = false;
    }
    const tree = user.snapshot();
    for (const path of tree.keys()) {
      this.#paths.add(path);
      // A copy that a directory took along is one of the path beside it, which may be made of it there.
      this.#paths.add(baseOf(path));
    }
    const after = this.names.filesOf(tree);
    const witness = { machine: name, what };
    for (const [path, file] of before) if (!isSameFile(after.get(path), file)) this.#goes(path, file, witness);
    for (const [path, file] of after) {
      if (isSameFile(before.get(path), file)) continue;
      this.#comes(path, file, what);
      this.#handle(name, user.inode(path));
    }
    for (const [path, { content }] of before) {
      const written = this.#written.get(content);
      if (written === undefined || after.get(path)?.content === content) continue;
      // While a copy takes the place of its path, both show it: who replaces the one has seen the other.
      const left = [...after].filter(([, file]) => file.content === content);
      if (left.every(([other]) => baseOf(other) === baseOf(path)))
        written.destroyedBy = [...written.destroyedBy, witness];
    }
    return isDone;
  }

  /**
   * A machine lost power or got an older disk.
   * @param before what it had
   * @param elsewhere what all other machines have anywhere, and are not only about to bring in
   */
  setBack(
    { name, user }: LedgerMachine,
    before: {
      readonly everywhere: ReadonlySet<ContentName>;
      readonly files: ReadonlyMap<string, StandingFile>;
      /** Paths of files that no flush could make durable any more. */
      readonly givenUp?: ReadonlySet<string>;
    },
    elsewhere: ReadonlySet<ContentName>,
    why: string,
  ): void {
    const paths = this.names.pathsEverywhere(user);
    const left = new Set(paths.values());
    for (const content of before.everywhere) {
      const written = this.#written.get(content);
      if (written !== undefined && !left.has(content) && !elsewhere.has(content)) written.excuse ??= why;
    }
    // Half of what a user had written may be on the disk: from now on it is his content.
    const isRestAt = (path: string): boolean => this.#handled.get(name)?.has(user.inode(path) ?? -1n) === true;
    const tree = this.names.filesOf(user.snapshot());
    for (const [path, content] of paths) {
      // His peer may have it in its hands, and give it back.
      if (tree.has(path) || this.#written.has(content) || !isRestAt(path)) continue;
      this.#comes(path, { content, mode: 0 }, `what ${why} left on ${name}`);
      const written = this.#written.get(content);
      if (written !== undefined) written.excuse ??= why;
    }
    for (const [path, file] of tree) {
      if (isSameFile(before.files.get(path), file)) continue;
      const isRest = isRestAt(path);
      const whole = before.givenUp?.has(path) === true ? before.files.get(path) : undefined;
      // What is left looks like the user's edit: others, who fetched the whole file before, keep that as a version.
      if (isRest && whole !== undefined) this.keptVersions.add(whole.content);
      if (this.#written.has(file.content) || isRest) this.#comes(path, file, `what ${why} left on ${name}`);
      const written = this.#written.get(file.content);
      if (isRest && written !== undefined) written.excuse ??= why;
    }
  }

  /** A machine came back with an older store or disk, or without its store: it knows no more what it told others. */
  forgets(): void {
    this.#someForgot = true;
  }

  /**
   * Whether a content that is nowhere may go on being wanted, because nobody can bring it back. What was replaced
   * in sight, and what nobody wrote (a disk lied when it was hashed), is put right by the machine that told of it,
   * unless that one forgot.
   * @param content undefined for one that never stood anywhere
   */
  mayBeNowhere(content: ContentName | undefined): boolean {
    const written = content === undefined ? undefined : this.#written.get(content);
    if (written?.excuse !== undefined) return true;
    return this.#someForgot && (written === undefined || written.destroyedBy.length > 0);
  }

  /**
   * The peer of a machine gave a content a place that it may take from it again in the next moment.
   * @returns hears, if so, what a user had put there instead: that is a kept version, which S1 allows, and what he
   *   saw go of the content itself did not. What he had written there before and replaced himself is gone, and so is
   *   what users of other machines saw go meanwhile.
   */
  placedForAMoment(machine: string, content: ContentName): (kept: ContentName) => void {
    const written = this.#written.get(content);
    const before = new Set([
      ...(written?.destroyedBy ?? []),
      ...(written?.places ?? []).flatMap(({ goneBy }) => goneBy),
    ]);
    const isSo = (witness: Witness): boolean => witness.machine !== machine || before.has(witness);
    return (kept) => {
      if (!this.#written.has(kept)) return;
      this.keptVersions.add(kept);
      if (written === undefined) return;
      written.destroyedBy = written.destroyedBy.filter(isSo);
      for (const place of written.places) place.goneBy = place.goneBy.filter(isSo);
    };
  }

  /** Contents that somebody is owed and that are nowhere. */
  lost(standing: ReadonlySet<ContentName>): readonly string[] {
    return (
      [...this.#written]
        .filter(([content, { destroyedBy, excuse }]) => destroyedBy.length === 0 && !excuse && !standing.has(content))
        // One user may have seen it go from one place and another from the other, each with a place of it still in sight.
        .filter(([content]) => this.whoSawItGo(content) === undefined)
        .map(([, { what }]) => what)
    );
  }

  /** Whether a user wrote it, or a power cut made it of what one wrote. */
  isKnown(content: ContentName): boolean {
    return content === emptyContent || this.#written.has(content);
  }

  /** Whether it, or the path that it is a copy of, ever stood somewhere after something that a user did. */
  isPath(path: string): boolean {
    // What an editor writes beside a file may be there when its new name is not, after a power cut.
    return [path, path.replace(/~$/, "")].some((name) => this.#paths.has(name) || this.#paths.has(baseOf(name)));
  }

  whoWrote(content: ContentName): string | undefined {
    return this.#written.get(content)?.what;
  }

  /** Who saw every place of a content go; undefined when it may still stand somewhere. */
  whoSawItGo(content: ContentName): string | undefined {
    const places = this.#written.get(content)?.places ?? [];
    // Whoever saw a content at a path to which it came back saw one of its stays there, nobody knows which.
    const cameBack = new Set(places.map(({ path, mode }) => `${mode} ${path}`)).size < places.length;
    return cameBack || places.some(({ goneBy }) => goneBy.length === 0) ? undefined : places.at(-1)?.goneBy[0]?.what;
  }

  /** In how many places users put it. */
  placesOf(content: ContentName): number {
    return new Set(this.#written.get(content)?.places.map(({ path }) => path)).size;
  }

  #goes(path: string, { content, mode }: StandingFile, witness: Witness): void {
    const base = baseOf(path);
    for (const place of this.#written.get(content)?.places ?? []) {
      if (place.path === base && place.mode === mode) place.goneBy = [...place.goneBy, witness];
    }
  }

  #comes(path: string, { content, mode }: StandingFile, what: string): void {
    if (content === emptyContent) return;
    const written = this.#written.get(content);
    const place: Place = { path: baseOf(path), mode, goneBy: [] };
    if (written === undefined) {
      this.#written.set(content, { what, places: [place], destroyedBy: [], excuse: undefined });
    } else written.places.push(place);
  }

  #handle(machine: string, inode: bigint | undefined): void {
    if (inode === undefined) return;
    const inodes = this.#handled.get(machine) ?? new Set();
    this.#handled.set(machine, inodes.add(inode));
  }
}

/** A conflict copy speaks for the path that it is a copy of. */
export function baseOf(path: string): string {
  const standing = parseStandingPath(path);
  return (standing && pathOfCopy(standing)) ?? path;
}

function isSameFile(one: StandingFile | undefined, other: StandingFile): boolean {
  return one !== undefined && one.content === other.content && one.mode === other.mode;
}
