/**
 * The log of a simulated peer: kept to be asked about, and part of the trace, so that two runs
 * that tell different stories have different hashes.
 */

import type { Log, LogFacts, LogLevel } from "../../node/ports.ts";
import type { Stage } from "./world.ts";

export interface LogLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly facts: LogFacts;
}

export class FakeLog implements Log {
  /** All lines, also those of the logs made by `with`. */
  readonly lines: LogLine[];
  readonly #stage: Stage;
  readonly #facts: LogFacts;

  constructor(stage: Stage, facts: LogFacts = {}, lines: LogLine[] = []) {
    this.lines = lines;
    this.#stage = stage;
    this.#facts = facts;
  }

  write(level: LogLevel, event: string, facts: LogFacts = {}): void {
    const line: LogLine = { atMs: this.#stage.nowMs, level, event, facts: said({ ...this.#facts, ...facts }) };
    this.lines.push(line);
    this.#stage.trace(`log ${level} ${event} ${JSON.stringify(line.facts)}`);
  }

  with(facts: LogFacts): Log {
    return new FakeLog(this.#stage, { ...this.#facts, ...facts }, this.lines);
  }
}

/** As a line of JSON has it: what is undefined is not there. */
function said(facts: LogFacts): LogFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
