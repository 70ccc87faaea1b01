/**
 * The branches of merge, conflict and recovery that seeds have to reach (harness rule f), each with
 * code that stands there and nowhere else in its file.
 */

export interface Branch {
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

function inFile(file: string, codeByName: Readonly<Record<string, string>>): readonly Branch[] {
  return Object.entries(codeByName).map(([name, code]) => ({ name, file, code }));
}

export const branches: readonly Branch[] = [
  ...inFile("protocol/records/merge.ts", {
    "merge: known already, or superseded by what is known": "return { siblings, added: [], removed: [] }",
    "merge: concurrent with all siblings": "? siblings : siblings.filter",
    "merge: supersedes siblings": "siblings.filter((sibling) => !removed.includes(sibling))",
    "merge: of two siblings one is a delete": "return one.record.tombstone ? 1 : -1",
    "merge: sealed at different times": "return other.sealedAtMs - one.sealedAtMs",
    "merge: sealed in one millisecond by two writers": "return one.dot.writer < other.dot.writer ? 1 : -1",
    "merge: sealed in one millisecond by one writer": "return other.dot.sequence - one.dot.sequence",
  }),
  ...inFile("protocol/folder/conflict.ts", {
    "view: a delete among the siblings": `"deleted") continue`,
    "view: equal contents are one": "group.push(candidate)",
    "view: a directory takes the place before a file": "groups.unshift(...groups.splice(directoryAt, 1))",
    "view: a conflict copy is shown": "conflictCopyPath(path, contentName(entry))",
    "view: a symlink as a copy": "`symlink ${entry.target}`",
  }),
  ...inFile("protocol/folder/local-change.ts", {
    "change: what the mesh has already was found": `if (twins.length > 0) return { kind: "seen"`,
    "change: other content than the mesh has was found": `return { kind: "write", entry, causes: emptyVector`,
    "change: new, or anew where it was deleted": `return { kind: "write", entry, causes: causesOf(versionsOf(siblings))`,
    "change: nothing but what was held": `return { kind: "seen", basis: seenBy(before, siblings) };\n  // What the mesh`,
    "change: an edit": `return { kind: "write", entry, ...over(before, siblings, entry)`,
    "change: a delete": `return { kind: "delete", ...over(before, siblings, undefined) };\n}\n\n/**\n * A conflict`,
    "change: an edited copy": `return { kind: "write", entry: edited`,
    "change: a removed copy": `return { kind: "delete", ...over(before, siblings, undefined) };\n  return`,
    "change: versions stand beside": ": beside).push(sibling)",
  }),
  ...inFile("node/sync/commit.ts", {
    "commit: not due any more, for what it was made for has changed": `outcome: { kind: "stale" }`,
  }),
  ...inFile("node/sync/hands.ts", {
    "hands: a file gives way to a directory": "await this.#takeOut(path, expected);\n    await this.makeParents",
    "hands: a directory that somebody made serves as well": `"directory") throw new SurpriseError(path);\n      await`,
    "hands: a directory stays for what lives in it": "return implicitAt(await this.#standing(path, found.inode))",
    "hands: moved instead of copied": `await this.#create(from, path, "stays")`,
    "hands: written while it was moved": "if ((await this.#tree.stat(from))?.inode === expected.inode) await",
    "hands: what came to the old place of a move goes back": "else await this.#putBack(name, leaving)",
    "hands: a user took the name before": `throw new SurpriseError(path);\n      throw error;\n    }\n    if (source`,
    "hands: a user wrote before an exchange": "await this.#orUnsettled(() => this.#exchangeBack(staged, leaving))",
    "hands: what was replaced is kept": "else await this.#putAside(staged.path, leaving, expected)",
    "hands: a user wrote before a removal": `await this.#putBack(name, leaving);\n        throw`,
    "hands: what has no place any more is kept": "await this.#quarantine(from, leaving);\n    this.undone",
    "hands: other than held": "!sameStat(expected.stat, found)) throw new SurpriseError(path);\n  }",
    "hands: written right after it was placed": "this.#folder.lookAt(path);\n    return proven",
  }),
  ...inFile("node/sync/intents.ts", {
    "recovery: an intent was found": "? await settlePlace(folder, intent, by)",
    "recovery: the new content has its name and is adopted":
      "const held: Held = { entry, stat: known, basis, trusted: false",
    "recovery: the new content has no name yet": "return { key, kept };\n  const known = isThere",
    "recovery: what was replaced lies aside": "return { kept: await keptAside(folder, leaving, aside)",
    "recovery: what was replaced lies in the staging directory": "const isExpected = isBefore(out)",
    "recovery: a user's late write goes back": "await tree.exchange(staged, path)",
    "recovery: what was taken out goes back": "return { key, kept: [] };\n    if (isHeld",
    "recovery: what was taken out is kept": "isHeld(aside) || (await seenAt",
    "recovery: the staging directory is emptied": "await tree.remove(`${stagingDirectory}/",
  }),
  ...inFile("node/records/writer.ts", {
    "writer: a new one because others know it further": `"known further by others" : undefined`,
    "writer: renewed": "const before = this.#current",
    "writer: the answers of others are waited for": "if (why === undefined) await this.#wait(leftMs)",
  }),
  ...inFile("node/records/intake.ts", {
    "records: held back for a document": "intake.held.set(writer, judgement.missing);\n      return;",
    "records: refused": "intake.refused.push({ head: step.head",
    "records: a fork is learnt": "intake.forks.push(fork)",
    "records: what is known comes again": `const what = lastOf(header)`,
  }),
];
