/**
 * What users of a scenario do: one act, drawn from a chance of its own, so that an act that is left
 * out shifts no other.
 *
 * Every content that is written is unique, which is what lets the ledger follow it. What cannot be
 * done where it is tried (an append to what is not there) changes nothing and is fine.
 */

import type { Chance } from "./world/chance.ts";
import type { FakeUser } from "./world/user.ts";

/** Each kind of act that a user may do, and how. */
const actKinds = {
  write: ({ user, path, text }) => {
    return [`write ${path} := ${text}`, () => user.write(path, text)];
  },
  "write large": ({ user, path, chance }) => {
    const size = 100_000 + chance.integer(200_000);
    const factor = 1 + chance.integer(254);
    const start = chance.integer(2 ** 24);
    return [
      `write ${path} := ${size} bytes of ${factor} from ${start}`,
      () =>
        user.write(
          path,
          new Uint8Array(size).map((_, at) => (factor * (start + at)) >> 3),
        ),
    ];
  },
  /** As databases and editors of media do: most of a large file stays as it is. */
  "edit the middle": ({ user, path, text, chance }) => {
    const at = chance.unit();
    return [
      `write ${text} into ${path} at ${at.toFixed(2)}`,
      () => {
        const content = existing(user, path).slice();
        content.set(bytesOf(text).subarray(0, content.length), Math.floor(at * Math.max(0, content.length - 40)));
        user.write(path, content);
      },
    ];
  },
  append: ({ user, path, text }) => [`append ${text} to ${path}`, () => user.append(path, text)],
  /** Some programs put the old time back: only the change time and the size tell. */
  "append with the old time": ({ user, path, text }) => [
    `append ${text} to ${path} and put its time back`,
    () => {
      const item = user.snapshot().get(path);
      if (item?.kind !== "file") throw new Error(`${path} is no file`);
      user.append(path, text);
      user.setTime(path, Number(item.mtimeNs / 1_000n));
    },
  ],
  /** As editors save. */
  save: ({ user, path, text }) => [`save ${path} := ${text}`, () => user.replace(path, text)],
  remove: ({ user, path }) => [`remove ${path}`, () => user.remove(path)],
  rename: ({ user, path, other }) => [`rename ${path} to ${other}`, () => user.rename(path, other)],
  "rename directory": ({ user, directory, otherDirectory }) => [
    `rename directory ${directory} to ${otherDirectory}`,
    () => user.rename(directory, otherDirectory),
  ],
  "remove directory": ({ user, directory }) => [`remove directory ${directory}`, () => user.remove(directory)],
  "make directory": ({ user, directory }) => [`make directory ${directory}`, () => user.makeDirectory(directory)],
  /** A file gives way to a directory, or a directory to a file. */
  "swap kind": ({ user, path, text }) => [
    `swap the kind of ${path}, with ${text}`,
    () => {
      const wasFile = user.read(path) !== undefined;
      user.remove(path);
      user.write(wasFile ? `${path}/inside` : path, text);
    },
  ],
  "set mode": ({ user, path, chance }) => {
    const mode = chance.pick([0o600, 0o644, 0o755]);
    return [`set mode of ${path} to ${mode.toString(8)}`, () => user.setMode(path, mode)];
  },
  "make symlink": ({ user, path, chance }) => {
    const target = chance.pick(["a", "../elsewhere", "/srv/outside", "d"]);
    return [`make symlink ${path} to ${target}`, () => user.makeSymlink(target, path)];
  },
  "make fifo": ({ user, path }) => [`make a FIFO ${path}`, () => user.makeOther(path)],
  "link hard": ({ user, path, other }) => [`link ${other} to ${path}`, () => user.link(path, other)],
} satisfies Record<string, (drawn: Drawn) => Act>;

export type ActKind = keyof typeof actKinds;

/** What is done, in words, and the doing. */
export type Act = readonly [what: string, run: () => void];

/** What an act may be about. */
interface Drawn {
  readonly chance: Chance;
  readonly user: FakeUser;
  readonly path: string;
  readonly other: string;
  readonly directory: string;
  readonly otherDirectory: string;
  /** Written nowhere else. */
  readonly text: string;
}

/** The names that users know, and how often they do what. */
export interface Habits {
  readonly files: readonly string[];
  readonly directories: readonly string[];
  readonly weights: Partial<Readonly<Record<ActKind, number>>>;
}

/** @param at a path that the act shall be about, if it is about one @param label unique within the run */
export function drawAct(
  chance: Chance,
  machine: { readonly name: string; readonly user: FakeUser },
  habits: Habits,
  label: string,
  at?: string,
): Act {
  const { files, directories, weights } = habits;
  const drawn: Drawn = {
    chance,
    user: machine.user,
    path: at ?? chance.pick(files),
    other: chance.pick(files),
    directory: chance.pick(directories),
    otherDirectory: chance.pick(directories),
    text: `${machine.name} ${label} ${chance.integer(1_000_000)}`,
  };
  return actKinds[pickKind(chance, weights)](drawn);
}

function pickKind(chance: Chance, weights: Habits["weights"]): ActKind {
  const kinds = Object.keys(actKinds).filter(isActKind);
  const sum = kinds.reduce((total, kind) => total + (weights[kind] ?? 0), 0);
  let left = chance.unit() * sum;
  for (const kind of kinds) {
    left -= weights[kind] ?? 0;
    if (left < 0) return kind;
  }
  throw new Error("a user who never does anything");
}

function isActKind(name: string): name is ActKind {
  return Object.hasOwn(actKinds, name);
}

function existing(user: FakeUser, path: string): Uint8Array {
  const content = user.read(path);
  if (content === undefined) throw new Error(`${path} is no file`);
  return content;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
