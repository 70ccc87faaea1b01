/**
 * Network namespaces on one bridge: each a machine of its own as far as the network goes.
 *
 * Needs root and iproute2. Names start with a prefix of this process, so that runs beside each
 * other do not meet and what is left of a crashed one is known.
 */

import { execFileSync } from "node:child_process";

export interface Namespace {
  readonly name: string;
  /** An IPv4 address that the other namespaces of the bridge reach. */
  readonly address: string;
}

export class NamespaceBridge {
  readonly #bridge: string;
  readonly #namespaces: Namespace[] = [];
  readonly #atExit = (): void => this.delete();

  private constructor(bridge: string) {
    this.#bridge = bridge;
  }

  get namespaces(): readonly Namespace[] {
    return this.#namespaces;
  }

  /** Why namespaces cannot be had here; undefined when they can. */
  static problem(): string | undefined {
    if (process.platform !== "linux") return "network namespaces need Linux";
    if (process.getuid?.() !== 0) return "network namespaces need root";
    const probe = `cdm${process.pid}p`;
    try {
      ip("netns", "add", probe);
      ip("netns", "delete", probe);
      return undefined;
    } catch (error) {
      return `network namespaces cannot be made: ${String(error)}`;
    }
  }

  /** @param subnet of 0 to 255, so that bridges beside each other differ */
  static create(count: number, subnet = process.pid % 256): NamespaceBridge {
    const prefix = `cdm${process.pid}`;
    const bridge = `${prefix}b`;
    ip("link", "add", bridge, "type", "bridge");
    ip("link", "set", bridge, "up");
    const made = new NamespaceBridge(bridge);
    // They outlive the process otherwise, when it is ended by a signal.
    process.once("exit", made.#atExit);
    try {
      for (let number = 1; number <= count; number += 1) made.#add(`${prefix}n${number}`, `10.99.${subnet}.${number}`);
      return made;
    } catch (error) {
      made.delete();
      throw error;
    }
  }

  /** Ends the namespaces; processes in them are the caller's to end first. */
  delete(): void {
    process.off("exit", this.#atExit);
    for (const { name } of this.#namespaces) ip("netns", "delete", name);
    ip("link", "delete", this.#bridge);
  }

  /** Pulls a namespace's cable out: connections stay open on both sides, and nothing passes. */
  cut(name: string): void {
    ip("link", "set", `${name}o`, "down");
  }

  /** Puts the cable back in. */
  heal(name: string): void {
    ip("link", "set", `${name}o`, "up");
  }

  #add(name: string, address: string): void {
    ip("netns", "add", name);
    this.#namespaces.push({ name, address });
    ip("link", "add", `${name}o`, "type", "veth", "peer", "name", "eth0", "netns", name);
    ip("link", "set", `${name}o`, "master", this.#bridge, "up");
    ip("-n", name, "address", "add", `${address}/24`, "dev", "eth0");
    ip("-n", name, "link", "set", "eth0", "up");
    ip("-n", name, "link", "set", "lo", "up");
  }
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
