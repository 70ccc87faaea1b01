/**
 * A busy user of one peer's folder: carries acts out on a real disk, and keeps a diary of what he
 * saw right before and what he wrote.
 *
 * He looks as late as he can, through the very file that he writes into, and takes what he removes
 * out of the folder before it goes, so that he can tell when a commit came between his look and his act.
 */

import * as fs from "node:fs";
import { dirname, join } from "node:path";
import type { Act } from "./busy-acts.ts";
import { type BusyLedger, hashOf } from "./busy-ledger.ts";
import { renameToFree, setModified } from "./user-calls.ts";

export interface BusyUserOptions {
  readonly name: string;
  readonly root: string;
  /** On the same file system, outside of the root. */
  readonly trash: string;
  readonly ledger: BusyLedger;
  /** Milliseconds since the start of the run. */
  readonly nowMs: () => number;
}

/** What an act comes to, until it is written into the diary. */
interface Page {
  readonly act: Act;
  readonly atMs: number;
  readonly paths: string[];
  listing: readonly string[];
  readonly replaced: Record<string, string>;
  wrote?: string;
  readonly remarks: string[];
}

export class BusyUser {
  readonly #options: BusyUserOptions;
  #serial = 0;

  constructor(options: BusyUserOptions) {
    this.#options = options;
    fs.mkdirSync(options.trash, { recursive: true });
  }

  get name(): string {
    return this.#options.name;
  }

  act(act: Act): void {
    const { ledger, name, nowMs } = this.#options;
    const page: Page = { act, atMs: nowMs(), paths: [], listing: [], replaced: {}, remarks: [] };
    try {
      this.#carryOut(act, page);
    } catch (error) {
      // A commit came between: somebody else's directory stands where his file was, or the like.
      page.remarks.push(`gave up: ${codeOf(error)}`);
    }
    const { atMs, paths, listing, replaced, wrote, remarks } = page;
    ledger.note({
      atMs: Math.round(atMs),
      user: name,
      what: act.kind,
      paths,
      listing,
      replaced,
      ...(wrote !== undefined && { wrote }),
      ...(remarks.length > 0 && { remark: remarks.join("; ") }),
    });
  }

  #carryOut(act: Act, page: Page): void {
    switch (act.kind) {
      case "overwrite":
        return this.#write(this.#file(act.name, page), page, "overwrite");
      case "append":
      case "append-same-time":
        return this.#write(this.#file(act.name, page), page, act.kind);
      case "save-by-rename":
        return this.#save(this.#file(act.name, page), page);
      case "rename":
        return this.#rename(act, page);
      case "delete":
        return this.#delete(this.#file(act.name, page), page);
      case "rename-directory":
        return this.#renameDirectory(act, page);
      case "delete-directory":
        return this.#deleteDirectory(act.directory, page);
      case "swap-kind":
        return this.#swap(act.swapped, page);
      default:
        throw new Error(`nobody does ${String(act.kind satisfies never)}`);
    }
  }

  /** Where a name's file is: in the directory of that name, if it is one now. Notes what stands beside it. */
  #file(name: string, page: Page): string {
    const path = kindAt(this.#at(name)) === "directory" ? `${name}/inner.txt` : name;
    this.#look(path, page);
    return path;
  }

  #look(path: string, page: Page): void {
    page.paths.push(path);
    try {
      page.listing = fs.readdirSync(dirname(this.#at(path)));
    } catch {
      // The directory is not there yet.
    }
  }

  /** Writes into the file that is there, or makes one. */
  #write(path: string, page: Page, how: "overwrite" | "append" | "append-same-time"): void {
    this.#makeParents(path, page);
    let descriptor: number;
    try {
      descriptor = fs.openSync(this.#at(path), "r+");
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      descriptor = fs.openSync(this.#at(path), "wx+");
      page.remarks.push("made it");
    }
    try {
      const before = fs.fstatSync(descriptor, { bigint: true });
      const seen = fs.readFileSync(descriptor);
      const isNew = page.remarks.includes("made it");
      const text = this.#text(path, page.act.fillBytes);
      const bytes = how === "overwrite" ? text : Buffer.concat([seen, text]);
      if (how === "overwrite") fs.ftruncateSync(descriptor, 0);
      fs.writeSync(descriptor, text, 0, text.length, how === "overwrite" ? 0 : seen.length);
      if (how === "append-same-time" && !isNew) setModified(descriptor, before.mtimeNs);
      if (!isNew) this.#replaced(path, hashOf(seen), page);
      this.#wrote(path, bytes, page);
      const [mine, there] = [fs.fstatSync(descriptor), fs.lstatSync(this.#at(path), { throwIfNoEntry: false })];
      if (mine.nlink > 0 && mine.ino === there?.ino) return;
      page.remarks.push("the file had lost its name meanwhile");
      this.#options.ledger.wentAstray(hashOf(bytes));
    } finally {
      fs.closeSync(descriptor);
    }
  }

  /** As editors do: a new file takes the name. */
  #save(path: string, page: Page): void {
    this.#makeParents(path, page);
    const text = this.#text(path, page.act.fillBytes);
    const beside = join(dirname(this.#at(path)), `.save-${this.name}-${this.#serial}~`);
    fs.writeFileSync(beside, text);
    try {
      this.#renameOver(beside, path, page);
    } catch (error) {
      fs.rmSync(beside, { force: true });
      throw error;
    }
    this.#wrote(path, text, page);
  }

  /** @param from absolute */
  #renameOver(from: string, path: string, page: Page): void {
    const to = this.#at(path);
    let descriptor: number;
    try {
      descriptor = fs.openSync(to, "r");
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      if (!renameToFree(from, to)) throw Object.assign(new Error("taken meanwhile"), { code: "EEXIST" });
      return;
    }
    try {
      const seen = hashOf(fs.readFileSync(descriptor));
      fs.renameSync(from, to);
      this.#replaced(path, seen, page);
      // The file that he read was not the one that his own took the name from.
      if (fs.fstatSync(descriptor).nlink > 0) this.#unseen(path, undefined, page);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  #rename({ name, other }: Act, page: Page): void {
    const from = this.#file(name, page);
    const to = this.#file(other, page);
    if (kindAt(this.#at(from)) !== "file" || from === to) return this.#write(from, page, "overwrite");
    this.#makeParents(to, page);
    this.#renameOver(this.#at(from), to, page);
  }

  #delete(path: string, page: Page): void {
    if (kindAt(this.#at(path)) !== "file") return this.#write(path, page, "overwrite");
    this.#takeOut(path, page);
  }

  /** Removes a file, and sees what it was by then. */
  #takeOut(path: string, page: Page): void {
    const seen = hashOf(fs.readFileSync(this.#at(path)));
    const out = join(this.#options.trash, `${this.name}-${(this.#serial += 1)}`);
    fs.renameSync(this.#at(path), out);
    if (kindAt(out) === "directory") {
      renameToFree(out, this.#at(path));
      throw Object.assign(new Error("a directory by now"), { code: "EISDIR" });
    }
    this.#replaced(path, seen, page);
    const removed = hashOf(fs.readFileSync(out));
    if (removed !== seen) this.#unseen(path, removed, page);
    fs.unlinkSync(out);
  }

  #renameDirectory({ directory, otherDirectory }: Act, page: Page): void {
    const [from, to] = [this.#at(directory), this.#at(otherDirectory)];
    this.#look(directory, page);
    page.paths.push(otherDirectory);
    const isWithin = `${otherDirectory}/`.startsWith(`${directory}/`);
    if (kindAt(from) !== "directory" || isWithin) return this.#write(`${directory}/inner.txt`, page, "overwrite");
    this.#makeParents(otherDirectory, page);
    if (!renameToFree(from, to)) page.remarks.push("the name is taken");
  }

  #deleteDirectory(path: string, page: Page): void {
    this.#look(path, page);
    if (kindAt(this.#at(path)) !== "directory") return this.#write(`${path}/inner.txt`, page, "overwrite");
    this.#clear(path, page);
  }

  #clear(path: string, page: Page): void {
    for (const { name } of fs.readdirSync(this.#at(path), { withFileTypes: true })) {
      const below = `${path}/${name}`;
      if (kindAt(this.#at(below)) === "directory") this.#clear(below, page);
      else this.#takeOut(below, page);
    }
    fs.rmdirSync(this.#at(path));
  }

  /** A file becomes a directory with something in it, and a directory a file. */
  #swap(path: string, page: Page): void {
    this.#look(path, page);
    const kind = kindAt(this.#at(path));
    if (kind === "directory") {
      this.#clear(path, page);
      return this.#write(path, page, "overwrite");
    }
    if (kind === "file") this.#takeOut(path, page);
    this.#write(`${path}/inner.txt`, page, "overwrite");
  }

  /** A file in the way gives way. */
  #makeParents(path: string, page: Page): void {
    const parent = dirname(path);
    if (parent === ".") return;
    this.#makeParents(parent, page);
    const kind = kindAt(this.#at(parent));
    if (kind === "directory") return;
    if (kind === "file") this.#takeOut(parent, page);
    fs.mkdirSync(this.#at(parent));
  }

  #text(path: string, fillBytes: number): Buffer {
    this.#serial += 1;
    const title = `${this.name} ${this.#serial} ${path}\n`;
    return Buffer.from(title + `${this.name}${this.#serial} `.repeat(fillBytes / 4 + 1).slice(0, fillBytes) + "\n");
  }

  #wrote(path: string, bytes: Uint8Array, page: Page): void {
    const hash = hashOf(bytes);
    page.wrote = hash;
    if (!page.paths.includes(path)) page.paths.push(path);
    const title = `${this.name} ${this.#serial} ${path}`;
    this.#options.ledger.wrote({ hash, user: this.name, path, atMs: Math.round(page.atMs), title });
  }

  #replaced(path: string, hash: string, page: Page): void {
    page.replaced[path] = hash;
    this.#options.ledger.replaced(hash);
  }

  #unseen(path: string, hash: string | undefined, page: Page): void {
    page.remarks.push(`replaced ${hash ?? "something"} at ${path} unseen`);
    this.#options.ledger.replacedUnseen({ path, atMs: page.atMs, hash });
  }

  #at(path: string): string {
    return join(this.#options.root, path);
  }
}

function kindAt(place: string): "file" | "directory" | undefined {
  const stat = fs.lstatSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return stat.isDirectory() ? "directory" : "file";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
