/** A real peer in a process of its own, started by the CLI and asked through its control socket. */

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cliEnvironment, cliPath, nodeFlags } from "./cli.ts";

export interface PeerProcessOptions {
  readonly name: string;
  readonly data: string;
  readonly license: string;
  readonly policy: string;
  readonly seeds: string;
  /** A multiaddr such as /ip4/127.0.0.1/tcp/4240. */
  readonly listen: string;
  /** Folder id and absolute root. */
  readonly folders: readonly (readonly [id: string, root: string])[];
  /** A network namespace to run in. */
  readonly namespace?: string;
  readonly extra?: readonly string[];
}

/** What `status --json` has at least. */
export interface PeerStatusReport {
  readonly peer: string;
  readonly peers: readonly { readonly peer: string; readonly server: string; readonly state: string }[];
  readonly folders: readonly {
    readonly id: string;
    readonly state: "scanning" | "syncing" | "idle";
    readonly files: number;
    readonly bytes: number;
    readonly missingFiles: number;
    readonly missingBytes: number;
    readonly connectedHolders: number;
    readonly blockedFiles: number;
    readonly heldBack: number;
    /** Since its start. */
    readonly bytesFetched: number;
  }[];
}

export class PeerProcess {
  readonly options: PeerProcessOptions;
  readonly logFile: string;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: PeerProcessOptions) {
    this.options = options;
    this.logFile = join(options.data, "..", `${options.name}.log`);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What it said last, when it was started and has ended by itself. */
  get failure(): string | undefined {
    const child = this.#child;
    if (child === undefined || (child.exitCode === null && child.signalCode === null)) return undefined;
    return `${this.options.name} ended by itself (${child.exitCode ?? child.signalCode}): ${this.logTail(14)}`;
  }

  /** The most memory that it ever had resident, in this life; undefined where the platform does not tell. */
  memoryPeakBytes(): number | undefined {
    try {
      const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, "utf8")) ?? [];
      return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
    } catch {
      return undefined;
    }
  }

  start(): void {
    const { data, license, policy, seeds, listen, folders, namespace, extra = [] } = this.options;
    const args = [
      ...nodeFlags,
      cliPath,
      "start",
      "--data",
      data,
      "--license",
      license,
      "--policy",
      policy,
      "--seeds",
      seeds,
      "--listen",
      listen,
    ];
    for (const [id, root] of folders) args.push("--folder", `${id}=${root}`);
    args.push(...extra);
    const inNamespace = namespace === undefined ? [] : ["ip", "netns", "exec", namespace];
    const [program = process.execPath, ...rest] = [...inNamespace, process.execPath, ...args];
    const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], env: cliEnvironment });
    const log = createWriteStream(this.logFile, { flags: "a" });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once("close", () => {
        log.end();
        resolve();
      });
    });
  }

  /** Ends it as an operator would. @returns the exit code, or the signal that it did not survive */
  async stop(): Promise<number | string> {
    return this.#end("SIGTERM");
  }

  /** Ends it as a power cut of the process would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** The same, for who cannot wait any more. */
  killAtExit(): void {
    this.#child?.kill("SIGKILL");
  }

  async status(): Promise<PeerStatusReport> {
    const status: unknown = JSON.parse(await this.#ask("/v1/status"));
    if (!isStatusReport(status)) throw new Error("the answer is no status");
    return status;
  }

  /** Waits until a condition on the status holds; until then failures to answer are passed over. */
  async until(condition: (status: PeerStatusReport) => boolean, timeoutMs: number): Promise<PeerStatusReport> {
    const end = Date.now() + timeoutMs;
    let last = "no answer";
    for (;;) {
      try {
        const status = await this.status();
        if (condition(status)) return status;
        last = JSON.stringify(status);
      } catch (error) {
        last = String(error);
      }
      if (this.failure !== undefined) throw new Error(this.failure);
      if (Date.now() > end) {
        throw new Error(`${this.options.name} did not get there in ${timeoutMs} ms: ${last}\n${this.logTail()}`);
      }
      await sleep(50);
    }
  }

  logTail(lines = 20): string {
    return readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  async #end(signal: NodeJS.Signals): Promise<number | string> {
    const child = this.#child;
    if (child === undefined) return 0;
    child.kill(signal);
    await this.#ended;
    this.#child = undefined;
    return child.exitCode ?? child.signalCode ?? 0;
  }

  #ask(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { socketPath: join(this.options.data, "control.sock"), path, timeout: 10_000 },
        (response) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            body += chunk;
          });
          response.on("end", () => {
            if (response.statusCode === 200) resolve(body);
            else reject(new Error(`${path}: ${response.statusCode} ${body}`));
          });
        },
      );
      asked.on("timeout", () => asked.destroy(new Error(`${path}: no answer`)));
      asked.on("error", reject);
      asked.end();
    });
  }
}

function isStatusReport(value: unknown): value is PeerStatusReport {
  return typeof value === "object" && value !== null && "peers" in value && "folders" in value;
}
