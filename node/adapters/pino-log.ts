/**
 * The log: JSON lines on stderr, one event each, in a stable shape.
 *
 *   {"level":"warn","time":"2026-11-22T15:29:00.000Z","event":"peer-refused","peer":"12D3KooW..."}
 *
 * Facts named like a secret, and values that hold a private key, are blanked here, so that no
 * caller has to remember.
 */

import pino from "pino";
import type { Log, LogFacts, LogLevel } from "../ports.ts";
import { LineWriter } from "./line-writer.ts";

const secretName =
  /^(seed|key|cookie|authorization)$|secret|password|passphrase|token|credential|private_?key|signing_?key/i;
const secretValue = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const blank = "[secret]";
/** Fields of the line itself; a fact of that name gets an underscore. */
const lineFields: ReadonlySet<string> = new Set(["level", "time", "event"]);

export interface PinoLogOptions {
  /** The least level that is written. */
  readonly level: LogLevel;
  /** Where lines go instead of stderr. */
  readonly fileDescriptor?: number;
}

/** What a `PinoLog` and all that `with` makes of it share. */
interface Sink {
  readonly logger: pino.Logger;
  readonly writer: LineWriter;
}

export class PinoLog implements Log {
  readonly #sink: Sink;
  readonly #facts: LogFacts;

  private constructor(sink: Sink, facts: LogFacts) {
    this.#sink = sink;
    this.#facts = facts;
  }

  static open(options: PinoLogOptions): PinoLog {
    const writer = new LineWriter(options.fileDescriptor ?? process.stderr.fd, (lines) =>
      logger.warn({ event: "log-dropped", lines }),
    );
    const logger = pino(
      {
        level: options.level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (level) => ({ level }) },
      },
      writer,
    );
    return new PinoLog({ logger, writer }, {});
  }

  write(level: LogLevel, event: string, facts: LogFacts = {}): void {
    if (!this.#sink.logger.isLevelEnabled(level)) return;
    this.#sink.logger[level]({ event, ...printable({ ...this.#facts, ...facts }) });
  }

  with(facts: LogFacts): PinoLog {
    return new PinoLog(this.#sink, { ...this.#facts, ...facts });
  }

  /** Resolves once all lines are written, or cannot be. */
  close(): Promise<void> {
    return this.#sink.writer.close();
  }
}

function printable(facts: LogFacts): LogFacts {
  const printed: Record<string, LogFacts[string]> = {};
  for (const [name, value] of Object.entries(facts)) {
    const field = lineFields.has(name) ? `${name}_` : name;
    printed[field] = secretName.test(name) || isSecret(value) ? blank : value;
  }
  return printed;
}

function isSecret(value: LogFacts[string]): boolean {
  if (typeof value === "string") return secretValue.test(value);
  return typeof value === "object" && value.some((item) => secretValue.test(item));
}
