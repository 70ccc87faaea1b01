/**
 * The processes of one run: each belongs to one end, lasts until all are stopped and leads a process
 * group, so that what it started itself goes with it. One that ends by itself fails the run at once,
 * with the last lines of its log, instead of letting it wait for its time limit.
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { End } from "./ends.ts";

export interface EndProcess {
  readonly end: string;
  readonly pid: number;
}

interface Member extends EndProcess {
  readonly child: ChildProcess;
  readonly log: string;
  readonly over: Promise<string>;
  /** It was told to end. */
  isStopped: boolean;
}

/** A daemon that is asked to stop gets this long before it is killed. */
const stopMsMax = 10_000;

export class Processes {
  readonly #members: Member[] = [];
  readonly #lost = Promise.withResolvers<never>();
  #isOver = false;

  constructor() {
    // Whoever waits for a run also waits for this; when nobody does, nothing is lost by silence.
    this.#lost.promise.catch(() => undefined);
  }

  /** Rejects when a daemon ended by itself; never resolves. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  /** Starts a program that shall run until all are stopped. Answers the path of its log, which begins anew. */
  daemon(end: End, program: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
    const log = logOf(end, program);
    rmSync(log, { force: true });
    const member = this.#start(end, program, words, environment);
    void member.over.then((how) => {
      if (!member.isStopped) this.#lost.reject(failure(member, program, how));
    });
    return log;
  }

  /** Runs a program to its end; rejects unless it succeeds. */
  async command(end: End, program: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const member = this.#start(end, program, words, environment);
    const how = await member.over;
    const at = this.#members.indexOf(member);
    if (at >= 0) this.#members.splice(at, 1);
    if (how !== "exit code 0") throw failure(member, program, how);
  }

  running(): readonly EndProcess[] {
    return this.#members.map(({ end, pid }) => ({ end, pid }));
  }

  /** Ends all that run now; others may be started afterwards. */
  async stop(): Promise<void> {
    const members = this.#members.splice(0);
    for (const member of members) {
      member.isStopped = true;
      signal(member.pid, "SIGTERM");
    }
    const over = Promise.all(members.map((member) => member.over));
    const deadline = new AbortController();
    await Promise.race([over, pause(stopMsMax, undefined, { signal: deadline.signal }).catch(() => undefined)]);
    deadline.abort();
    // The whole group, also where its leader went in peace and left a child behind.
    for (const { pid } of members) signal(-pid, "SIGKILL");
    await over;
  }

  /** Ends all for good: the run is over. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.stop();
  }

  #start(end: End, program: string, words: readonly string[], environment: NodeJS.ProcessEnv): Member {
    if (this.#isOver) throw new Error(`${program} cannot start in a run that is over`);
    const log = logOf(end, program);
    const output = openSync(log, "a");
    const [command, line] = end.place.command(program, words);
    const child = spawn(command, line, {
      cwd: end.state,
      env: { ...process.env, HOME: end.state, ...environment },
      stdio: ["ignore", output, output],
      detached: true,
    });
    closeSync(output);
    const { promise: over, resolve } = Promise.withResolvers<string>();
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signalName) => resolve(code === null ? `signal ${signalName}` : `exit code ${code}`));
    if (child.pid === undefined) throw new Error(`${program} could not be started`);
    const member: Member = { end: end.place.name, pid: child.pid, child, log, over, isStopped: false };
    this.#members.push(member);
    return member;
  }
}

function logOf(end: End, program: string): string {
  return join(end.state, `${basename(program)}.log`);
}

const execute = promisify(execFile);

/** Runs a short command that belongs to no end: making keys, asking for a version. Answers its output. */
export async function ask(program: string, words: readonly string[]): Promise<string> {
  return (await execute(program, words, { maxBuffer: 16 * 1024 * 1024 })).stdout;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, which is all that was wanted.
  }
}

function failure({ end, log }: Member, program: string, how: string): Error {
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-12);
  return new Error(`${program} at the ${end} ended with ${how}:\n${lines.join("\n")}`);
}
