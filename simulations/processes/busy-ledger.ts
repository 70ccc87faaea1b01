/**
 * What busy users wrote, and what of it a user replaced or removed with it in sight.
 *
 * The oracle of S1 for real processes: each content that was written is in the end live somewhere,
 * kept, or was seen by whoever replaced it. It is kept outside of the peers, by the users themselves.
 *
 * The awkward case are acts that a peer's commit cuts in two, since no program looks and acts in one
 * step. Where a user can tell afterwards that it happened to him, he says so, and a content that
 * only such an act can have cost is counted apart (SPEC "Windows that remain").
 */

import { createHash } from "node:crypto";

export interface Content {
  readonly hash: string;
  readonly user: string;
  readonly path: string;
  readonly atMs: number;
  /** Its first line, for whoever reads the story. */
  readonly title: string;
}

/** One line of a user's diary. */
export interface DiaryLine {
  readonly atMs: number;
  readonly user: string;
  readonly what: string;
  /** The paths that it is about, the one that was written first. */
  readonly paths: readonly string[];
  /** Names beside the path, right before. */
  readonly listing: readonly string[];
  /** Contents seen and replaced or removed, by path. */
  readonly replaced: Readonly<Record<string, string>>;
  readonly wrote?: string;
  readonly remark?: string;
}

/** Something that stood at a path for the blink of an eye went unseen. */
interface Unseen {
  readonly path: string;
  readonly atMs: number;
  /** What it was, where that could be found out. */
  readonly hash: string | undefined;
}

export interface Verdict {
  readonly lost: readonly Content[];
  /** Gone by an act that a commit cut in two, as a user could tell. */
  readonly inWindows: readonly Content[];
}

export class BusyLedger {
  readonly #contents = new Map<string, Content>();
  readonly #replaced = new Set<string>();
  readonly #astray = new Set<string>();
  readonly #unseen: Unseen[] = [];
  readonly #diary: DiaryLine[] = [];

  get contents(): number {
    return this.#contents.size;
  }

  get diary(): readonly DiaryLine[] {
    return this.#diary;
  }

  wrote(content: Content): void {
    this.#contents.set(content.hash, content);
  }

  /** A user replaced or removed a content that he saw. */
  replaced(hash: string): void {
    this.#replaced.add(hash);
  }

  /** A content was written into a file that had lost its name to a commit meanwhile. */
  wentAstray(hash: string): void {
    this.#astray.add(hash);
  }

  /** What stood at the path when it was replaced or removed was not what the user had seen there. */
  replacedUnseen(unseen: Unseen): void {
    this.#unseen.push(unseen);
  }

  note(line: DiaryLine): void {
    this.#diary.push(line);
  }

  /** @param standing hashes of all that is live or kept on any peer */
  judge(standing: ReadonlySet<string>): Verdict {
    const missing = [...this.#contents.values()].filter(({ hash }) => !standing.has(hash) && !this.#replaced.has(hash));
    const isInWindow = ({ hash, path, atMs }: Content): boolean =>
      this.#astray.has(hash) ||
      this.#unseen.some((one) => (one.hash === undefined ? one.path === path && one.atMs > atMs : one.hash === hash));
    return {
      lost: missing.filter((content) => !isInWindow(content)),
      inWindows: missing.filter(isInWindow),
    };
  }

  /** All lines that name a path or one above or below it, or a content. */
  story({ path, hash }: Content): readonly DiaryLine[] {
    const isNear = (other: string): boolean =>
      other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`);
    return this.#diary.filter(
      (line) => line.paths.some(isNear) || line.wrote === hash || Object.values(line.replaced).includes(hash),
    );
  }
}

export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
