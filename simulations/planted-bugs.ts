/**
 * Bugs that are planted on purpose, to measure the simulator itself (harness rule h): each must be
 * caught within `seedsTried` seeds of its scenario.
 *
 * A bug is a change of the source, as somebody might make it. Its `find` stands exactly once in its
 * file: whoever changes that line hears of it and says anew what the bug is.
 */

export interface PlantedBug {
  readonly name: string;
  /** What is wrong then, in a few words. */
  readonly says: string;
  readonly edits: readonly Edit[];
  readonly caught: {
    readonly scenario: string;
    /** The first that caught it when it was last measured. */
    readonly seed: number;
    /** The promise that its checker named. */
    readonly promise: string;
  };
}

interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** From seed 1 on. */
export const seedsTried = 60;

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "skip-flush",
    says: "files get their names without being flushed",
    edits: [{ file: "node/sync/commit.ts", find: "await this.#flushStaged(group.places);", replace: "" }],
    caught: { scenario: "crashes", seed: 1, promise: "S3" },
  },
  {
    name: "rename-before-flush",
    says: "files are flushed after they got their names",
    edits: [
      { file: "node/sync/commit.ts", find: "await this.#flushStaged(group.places);", replace: "" },
      {
        file: "node/sync/commit.ts",
        find: "return [...done.map(({ result }) => result), ...stale.map(staleResult)];",
        replace:
          "await this.#flushStaged(group.places); return [...done.map(({ result }) => result), ...stale.map(staleResult)];",
      },
    ],
    caught: { scenario: "crashes", seed: 29, promise: "S5" },
  },
  {
    name: "held-before-durable",
    says: "the index says held before the names are durable",
    edits: [
      {
        file: "node/sync/commit.ts",
        find: "await flushNames(this.#folder.tree, [...changes.map(({ path }) => path), ...hands.undone], kept);\n    await this.#record(",
        replace: "await this.#record(",
      },
    ],
    caught: { scenario: "crashes", seed: 1, promise: "S5" },
  },
  {
    name: "adopt-anything",
    says: "after a crash whatever stands at the path of an intent is called the new content",
    edits: [
      {
        file: "node/sync/intents.ts",
        find: 'const isThere = isPlaced && (entry.kind !== "file" || stat.size === entry.size);',
        replace: "const isThere = stat !== undefined;",
      },
    ],
    caught: { scenario: "crashes", seed: 13, promise: "S5" },
  },
  {
    name: "overwrite-blindly",
    says: "what an exchange brings out is not looked at",
    edits: [
      {
        file: "node/sync/hands.ts",
        find: "if (!(await this.#isAsHeld(staged.path, expected))) throw new SurpriseError(path);\n      if (leaving",
        replace: "if (leaving",
      },
    ],
    caught: { scenario: "ambushes", seed: 4, promise: "S5" },
  },
  {
    name: "forget-late-writes",
    says: "a user's late write that was taken out does not get its place back",
    edits: [
      {
        file: "node/sync/hands.ts",
        find: "if (!(await givesBack(this.#tree, from, leaving.path))) await this.#quarantine(from, leaving);",
        replace: "await this.#tree.remove(from);",
      },
    ],
    caught: { scenario: "ambushes", seed: 28, promise: "S1" },
  },
  {
    name: "skip-content-check",
    says: "small files are written as they come, unverified",
    edits: [
      {
        file: "node/sync/piece-check.ts",
        find: "return names.map((name, at) => rootOfChunks(cut[at] ?? []) === name);",
        replace: "return names.map(() => true);",
      },
    ],
    caught: { scenario: "bit rot", seed: 1, promise: "S3" },
  },
  {
    name: "announce-before-durable",
    says: "changes are announced before their bytes are durable",
    edits: [
      {
        file: "node/folder/announcer.ts",
        find: "if (decisions.some(isNews)) await tree.flushAll();",
        replace: "",
      },
    ],
    caught: { scenario: "crashes", seed: 1, promise: "S5" },
  },
  {
    name: "records-not-durable",
    says: "records are announced before they are durable",
    edits: [
      {
        file: "node/records/holdings.ts",
        find: "[...rows, ...others], { durable: true }",
        replace: "[...rows, ...others], { durable: false }",
      },
    ],
    caught: { scenario: "crashes", seed: 9, promise: "S8" },
  },
  {
    name: "reuse-counter",
    says: "a peer writes on under numbers that others know already",
    edits: [
      {
        file: "node/records/writer.ts",
        find: 'return (this.#furthest.get(collection) ?? 0) > sequence ? "known further by others" : undefined;',
        replace: "return undefined;",
      },
    ],
    caught: { scenario: "set back", seed: 35, promise: "S5" },
  },
  {
    name: "drop-tombstones",
    says: "deletes are not announced",
    edits: [
      {
        file: "protocol/folder/local-change.ts",
        find: 'const isOver = siblings.every((sibling) => sibling.entry.kind === "deleted");',
        replace: "const isOver = true;",
      },
    ],
    caught: { scenario: "calm", seed: 2, promise: "C4" },
  },
  {
    name: "skip-marker",
    says: "the root need not prove itself",
    edits: [
      {
        file: "node/folder/marker.ts",
        find: "async problem(): Promise<RootProblem> {",
        replace: "async problem(): Promise<RootProblem> { if (this.device >= 0n) return undefined;",
      },
    ],
    caught: { scenario: "unmounted roots", seed: 8, promise: "C4" },
  },
  {
    name: "withhold-live-records",
    says: "an answer leaves out batches and says that it is whole",
    edits: [
      {
        file: "node/records/delta.ts",
        find: "variant === 0 && lastOf(head.header) > after",
        replace: "variant === 0 && head.header.first % 5 !== 0 && lastOf(head.header) > after",
      },
    ],
    caught: { scenario: "network", seed: 1, promise: "S8" },
  },
  {
    name: "merge-equal-contents",
    says: "versions of equal content are one in the state, not in the view",
    edits: [
      {
        file: "protocol/records/merge.ts",
        find: "if (isSame(sibling, incoming) || dominates(sibling, incoming)) return",
        replace:
          "if (isSame(sibling, incoming) || dominates(sibling, incoming) || Buffer.compare(sibling.record.payload, incoming.record.payload) === 0) return",
      },
    ],
    caught: { scenario: "filled", seed: 3, promise: "S8" },
  },
  {
    name: "latest-arrival-wins",
    says: "the primary is what came last",
    edits: [
      {
        file: "protocol/records/merge.ts",
        find: "versions.toSorted(comparePrimary)",
        replace: "versions.toReversed()",
      },
    ],
    caught: { scenario: "one conflict", seed: 1, promise: "C1" },
  },
  {
    name: "prune-vectors",
    says: "causes name what was written over, and forget what that had been written over",
    edits: [
      {
        file: "protocol/records/record.ts",
        find: "let causes = joinVectors(...versions.map((version) => version.record.causes));",
        replace: "let causes: Vector = new Map();",
      },
    ],
    caught: { scenario: "network", seed: 19, promise: "S8" },
  },
  {
    name: "write-over-the-unseen",
    says: "a write covers versions that its user never saw",
    edits: [
      {
        file: "protocol/folder/local-change.ts",
        find: "(isSeen ? seen : beside).push(sibling);",
        replace: "(isSeen || entry !== undefined ? seen : beside).push(sibling);",
      },
    ],
    caught: { scenario: "calm", seed: 1, promise: "S1" },
  },
  {
    name: "delete-the-unseen",
    says: "a delete covers versions that its user never saw",
    edits: [
      {
        file: "protocol/folder/local-change.ts",
        find: "(isSeen ? seen : beside).push(sibling);",
        replace: "(isSeen || entry === undefined ? seen : beside).push(sibling);",
      },
    ],
    caught: { scenario: "calm", seed: 7, promise: "S5" },
  },
  {
    name: "first-scan-overwrites",
    says: "what is found at a first scan covers what the mesh has",
    edits: [
      {
        file: "protocol/folder/local-change.ts",
        find: 'causes: emptyVector, spared: [], rank: "found" }',
        replace: 'causes: causesOf(versionsOf(siblings)), spared: [], rank: "sealed" }',
      },
    ],
    caught: { scenario: "filled", seed: 2, promise: "S5" },
  },
  {
    name: "name-copies-by-time",
    says: "a conflict copy is named by the time of the file",
    edits: [
      {
        file: "protocol/folder/conflict.ts",
        find: 'if (entry.kind === "file") return entry.root;',
        replace: 'if (entry.kind === "file") return toHex(sha256(new TextEncoder().encode(`${entry.mtimeUs}`)));',
      },
    ],
    caught: { scenario: "one conflict", seed: 1, promise: "C1" },
  },
];

export function bugNamed(name: string): PlantedBug | undefined {
  return plantedBugs.find((bug) => bug.name === name);
}

/** The source of one of its files, with the bug in it. @throws when what it changes is not there exactly once */
export function plantIn(bug: PlantedBug, file: string, source: string): string {
  let changed = source;
  for (const edit of bug.edits.filter((one) => one.file === file)) {
    const parts = changed.split(edit.find);
    if (parts.length !== 2) throw new Error(`${bug.name}: ${file} holds ${parts.length - 1} times: ${edit.find}`);
    changed = parts.join(edit.replace);
  }
  return changed;
}
