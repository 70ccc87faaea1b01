/** The collection "members" in memory: one peer issues, a test says what arrives from others. */

import type { AddressRecords } from "../../../node/mesh/addresses.ts";
import type { Cancel } from "../../../node/ports.ts";
import type { KeyState } from "../../../node/records/replica.ts";
import { type PeerId, publicKeyOfPeer, recordHashOf, type WriterId, writerIdOf } from "../../../protocol/ids.ts";
import type { RecordBody, Version } from "../../../protocol/records/record.ts";
import { covers } from "../../../protocol/records/version.ts";
import { sha256 } from "../../../protocol/sha256.ts";

export class StubRecords implements AddressRecords {
  readonly issued: RecordBody[] = [];
  issueError: Error | undefined;
  readonly #writer: WriterId;
  readonly #versions = new Map<string, readonly Version[]>();
  readonly #listeners = new Set<(changed: readonly KeyState[]) => void>();
  #sequence = 0;

  constructor(self: PeerId) {
    this.#writer = writerOf(self, 1);
  }

  /** Takes a version as if it had come from another peer. */
  take(version: Version): void {
    const { key, causes } = version.record;
    const rest = (this.#versions.get(key) ?? []).filter(({ dot }) => !covers(causes, dot));
    const state: KeyState = { key, versions: [version, ...rest] };
    this.#versions.set(key, state.versions);
    for (const listener of this.#listeners) listener([state]);
  }

  /** The same, unless it is known or superseded. */
  takeNew(version: Version): void {
    const known = this.#versions.get(version.record.key) ?? [];
    const isOld = known.some(({ dot, record }) => dot === version.dot || covers(record.causes, version.dot));
    if (!isOld) this.take(version);
  }

  versions(): readonly Version[] {
    return [...this.#versions.values()].flat();
  }

  async state(key: string): Promise<readonly Version[]> {
    return this.#versions.get(key) ?? [];
  }

  async page(after: string | undefined, limit: number): Promise<readonly KeyState[]> {
    const keys = [...this.#versions.keys()].toSorted().filter((key) => after === undefined || key > after);
    return keys.slice(0, limit).map((key) => ({ key, versions: this.#versions.get(key) ?? [] }));
  }

  async issue(drafts: readonly RecordBody[]): Promise<readonly Version[]> {
    if (this.issueError !== undefined) throw this.issueError;
    return drafts.map((record) => {
      this.issued.push(record);
      this.#sequence += 1;
      const version = versionOf(this.#writer, this.#sequence, record);
      this.take(version);
      return version;
    });
  }

  onChange(listener: (changed: readonly KeyState[]) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export function writerOf(peer: PeerId, life: number): WriterId {
  return writerIdOf(publicKeyOfPeer(peer), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, life));
}

export function versionOf(writer: WriterId, sequence: number, record: RecordBody): Version {
  const hash = recordHashOf(sha256(new TextEncoder().encode(`${writer} ${sequence}`)));
  return { dot: { writer, sequence }, sealedAtMs: sequence, hash, record };
}
