/** A program that runs until it is told to end, with what it says meanwhile. */

import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cliEnvironment, cliPath } from "../../../simulations/processes/cli.ts";

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** No test waits longer for a word of it. */
const wordMsMax = 60_000;

export class RunningProgram {
  stdout = "";
  stderr = "";
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  private constructor(context: TestContext, words: readonly string[]) {
    const child = spawn(process.execPath, words, { env: cliEnvironment, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
    });
    context.after(() => this.end("SIGKILL"));
  }

  /** A command of the CLI. */
  static cdmesh(context: TestContext, words: readonly string[]): RunningProgram {
    return new RunningProgram(context, [cliPath, ...words]);
  }

  /** A module's text, with imports by absolute addresses. */
  static module(context: TestContext, text: string): RunningProgram {
    return new RunningProgram(context, ["--input-type=module", "--eval", text]);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** As a reader that ends does. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  end(signal: NodeJS.Signals): Promise<Ended> {
    this.send(signal);
    return this.ended;
  }

  /** Waits until what it said holds something. @throws with all that it said */
  async says(pattern: RegExp, where: "stdout" | "stderr" = "stderr"): Promise<void> {
    const endMs = performance.now() + wordMsMax;
    while (!pattern.test(this[where])) {
      const isOver = this.#child.exitCode !== null || performance.now() > endMs;
      if (isOver && !pattern.test(this[where]))
        throw new Error(`never said ${pattern}:\n${this.stderr}\n${this.stdout}`);
      await sleep(20);
    }
  }
}
