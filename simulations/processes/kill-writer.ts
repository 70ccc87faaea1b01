/**
 * A writer who works in a directory of his own of one peer's folder, whether the peer lives or not:
 * new files, saves by rename, rewrites in place, appends, renames, deletes, of small and large files.
 */

import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Chance } from "../world/chance.ts";
import { KillLedger } from "./kill-ledger.ts";

export interface KillWriterOptions {
  /** The directory that is his alone. */
  readonly name: string;
  readonly root: string;
  readonly chance: Chance;
}

const files = ["a.txt", "b.html", "c", "d/e.txt", "d/f.bin", "d/g/h.txt", "i/j.dat", "i/k.txt"];
const directories = ["d", "d/g", "i", "l"];
const [gapMsMax, largeBytesMax, fileBytesMax] = [60, 600_000, 1_500_000];

export class KillWriter {
  readonly ledger = new KillLedger();
  readonly #options: KillWriterOptions;
  #serial = 0;

  constructor(options: KillWriterOptions) {
    this.#options = options;
    this.#makeDirectory(options.name);
  }

  get name(): string {
    return this.#options.name;
  }

  /** Works on until the signal. */
  async work(signal: AbortSignal): Promise<void> {
    const { chance } = this.#options;
    while (!signal.aborted) {
      this.#act();
      await sleep(chance.integer(gapMsMax));
    }
  }

  #act(): void {
    const { name, chance } = this.#options;
    const path = `${name}/${chance.pick(files)}`;
    const other = `${name}/${chance.pick(files)}`;
    const directory = `${name}/${chance.pick(directories)}`;
    const drawn = chance.integer(20);
    if (drawn < 7 || this.#kindAt(path) !== "file") this.#save(path);
    else if (drawn < 11) this.#rewrite(path);
    else if (drawn < 15) this.#append(path);
    else if (drawn < 17) this.#remove(path);
    else if (drawn < 18) this.#rename(path, other);
    else if (drawn < 19) this.#rename(directory, `${name}/${chance.pick(directories)}`);
    else this.#remove(directory);
  }

  #save(path: string): void {
    this.#makeDirectory(dirname(path));
    const bytes = this.#bytes();
    const beside = join(this.#options.root, `${path}.new~`);
    fs.writeFileSync(beside, bytes);
    fs.renameSync(beside, this.#at(path));
    this.ledger.passedThrough(`${path}.new~`, new Uint8Array());
    this.ledger.passedThrough(`${path}.new~`, bytes);
    this.ledger.wrote(path, bytes);
  }

  /** From its beginning, in parts, and cut to its length last. */
  #rewrite(path: string): void {
    const bytes = this.#bytes();
    const half = Math.ceil(bytes.length / 2);
    const before = fs.readFileSync(this.#at(path));
    const descriptor = fs.openSync(this.#at(path), "r+");
    fs.writeSync(descriptor, bytes, 0, half, 0);
    this.ledger.passedThrough(path, Buffer.concat([bytes.subarray(0, half), before.subarray(half)]));
    fs.writeSync(descriptor, bytes, half, bytes.length - half, half);
    this.ledger.passedThrough(path, Buffer.concat([bytes, before.subarray(bytes.length)]));
    fs.ftruncateSync(descriptor, bytes.length);
    fs.closeSync(descriptor);
    this.ledger.wrote(path, bytes);
  }

  #append(path: string): void {
    const before = fs.readFileSync(this.#at(path));
    if (before.length > fileBytesMax) return this.#rewrite(path);
    const bytes = Buffer.concat([before, this.#bytes()]);
    fs.appendFileSync(this.#at(path), bytes.subarray(before.length));
    this.ledger.wrote(path, bytes);
  }

  #remove(path: string): void {
    fs.rmSync(this.#at(path), { recursive: true, force: true });
    this.ledger.removed(path);
  }

  #rename(from: string, to: string): void {
    const isWithin = `${to}/`.startsWith(`${from}/`) || `${from}/`.startsWith(`${to}/`);
    if (isWithin || this.#kindAt(from) === undefined) return;
    if (this.#kindAt(from) === "directory" && this.#kindAt(to) !== undefined) this.#remove(to);
    this.#makeDirectory(dirname(to));
    fs.renameSync(this.#at(from), this.#at(to));
    this.ledger.renamed(from, to);
  }

  #makeDirectory(path: string): void {
    if (path === "." || this.#kindAt(path) === "directory") return;
    this.#makeDirectory(dirname(path));
    fs.mkdirSync(this.#at(path));
    this.ledger.madeDirectory(path);
  }

  #bytes(): Buffer {
    const { name, chance } = this.#options;
    this.#serial += 1;
    const length = chance.integer(chance.happens(0.15) ? largeBytesMax : 3_000);
    return Buffer.concat([Buffer.from(`${name} ${this.#serial}\n`), chance.bytes(length)]);
  }

  #kindAt(path: string): "file" | "directory" | undefined {
    const stat = fs.lstatSync(this.#at(path), { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return stat.isDirectory() ? "directory" : "file";
  }

  #at(path: string): string {
    return join(this.#options.root, path);
  }
}
