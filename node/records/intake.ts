/**
 * Taking in what other peers told: proven first, then merged into a changeset.
 *
 * A delta moves contexts forward; each step of a writer is proven by a head that it signed. Where
 * a document is missing, the writer is held there and taken up again later. It may show that a
 * writer used a dot twice: then both batches are kept and the writer is frozen. What an audit
 * brings is taken in by `repair.ts`.
 */

import type { SiteId, WriterId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import {
  type BatchHead,
  type BatchPart,
  type Fork,
  isFork,
  lastBeforeFork,
  lastOf,
} from "../../protocol/records/batch.ts";
import { type Known, showsFork } from "../../protocol/records/context.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import type { DeltaContent } from "../../protocol/wire/records-exchange.ts";
import { type KeyRing, type ProvenPart, factsOf, headRefusal, provePart } from "./acceptance.ts";
import type { Changeset } from "./changeset.ts";
import type { Holdings } from "./holdings.ts";
import type { RecordsTrust } from "./trust-view.ts";

/** A writer's part of a delta, proven. */
export interface ProvenSection {
  readonly writer: WriterId;
  readonly steps: readonly ProvenStep[];
  /** "dead": nothing lives between the steps, as who answered our context says. "unknown": then no step may leave a gap. */
  readonly between: "dead" | "unknown";
}

/** A batch, or a head up to which nothing more lives. */
export type ProvenStep =
  | { readonly kind: "batch"; readonly head: BatchHead; readonly part: ProvenPart }
  | { readonly kind: "tail"; readonly head: BatchHead };

export interface ProvenDelta {
  readonly sections: readonly ProvenSection[];
  readonly forks: readonly Fork[];
}

/** What taking in found out, beside the changeset. */
export interface Intake {
  /** Writers that wait for a document, and for which. */
  readonly held: Map<WriterId, string>;
  readonly forks: Fork[];
  readonly refused: { readonly head: BatchHead; readonly refusal: Refusal }[];
  /** Heads of batches that were merged. */
  readonly merged: BatchHead[];
}

export interface IntakeParts {
  readonly site: SiteId;
  readonly holdings: Holdings;
  readonly keys: KeyRing;
  readonly trust: RecordsTrust;
}

export function newIntake(): Intake {
  return { held: new Map(), forks: [], refused: [], merged: [] };
}

/** Checks all that needs no store. One thing wrong, and nothing of the answer is believed. */
export function proveDelta({ site, holdings, keys }: IntakeParts, answer: DeltaContent): Refusal | ProvenDelta {
  const { collection } = holdings;
  const sections: ProvenSection[] = [];
  for (const { batches, tail } of answer.writers) {
    const steps: ProvenStep[] = [];
    for (const batch of batches) {
      const part = proveBatch({ site, holdings, keys }, batch);
      if ("code" in part) return part;
      steps.push({ kind: "batch", head: batch.head, part });
    }
    if (tail !== undefined) {
      const refusal = headRefusal(tail, site, collection, keys);
      if (refusal !== undefined) return refusal;
      steps.push({ kind: "tail", head: tail });
    }
    const refusal = orderRefusal(steps);
    if (refusal !== undefined) return refusal;
    const writer = steps[0]?.head.header.writer;
    if (writer !== undefined) sections.push({ writer, steps, between: "dead" });
  }
  for (const fork of answer.forks) {
    const refusal = headRefusal(fork.one, site, collection, keys) ?? headRefusal(fork.other, site, collection, keys);
    if (refusal !== undefined) return refusal;
    if (!isFork(fork)) return { code: "batch-malformed", why: "no fork" };
  }
  return { sections, forks: answer.forks };
}

export function proveBatch(
  { site, holdings, keys }: Omit<IntakeParts, "trust">,
  part: BatchPart,
): Refusal | ProvenPart {
  return headRefusal(part.head, site, holdings.collection, keys) ?? provePart(part);
}

/** Merges a proven delta. Called under the replica's lock. */
export async function takeDelta(parts: IntakeParts, delta: ProvenDelta, changeset: Changeset): Promise<Intake> {
  const intake = newIntake();
  for (const fork of delta.forks) {
    // A stranger's fork is nobody's concern; without a known author it would only fill the memory.
    if (parts.trust.judgeBatch(factsOf(fork.one)).kind === "hold") continue;
    if (!parts.holdings.writers.hasRoomFor(fork.one.header.writer)) continue;
    learnFork(changeset, fork, intake);
  }
  await changeset.loadKeys(
    delta.sections.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "batch" ? keysOf(step.part) : []))),
  );
  for (const section of delta.sections) await takeSection(parts, section, changeset, intake);
  return intake;
}

async function takeSection(
  parts: IntakeParts,
  { writer, steps, between }: ProvenSection,
  changeset: Changeset,
  intake: Intake,
): Promise<void> {
  for (const step of steps) {
    const { header } = step.head;
    const known = changeset.known(writer);
    if (header.first > (known.frozenAt ?? Infinity)) return;
    if (between === "unknown" && header.first > known.sequence + 1) return;
    if (!parts.holdings.writers.hasRoomFor(writer)) {
      intake.held.set(writer, "room for one more writer");
      return;
    }
    const judgement = parts.trust.judgeBatch(factsOf(step.head));
    if (judgement.kind === "hold") {
      intake.held.set(writer, judgement.missing);
      return;
    }
    if (judgement.kind === "refuse") intake.refused.push({ head: step.head, refusal: judgement.refusal });
    else if (step.kind === "batch") {
      intake.merged.push(step.head);
      const isNew = header.first > known.sequence;
      if (isNew) {
        changeset.add({ ...step.part, variant: 0 });
      } else {
        // Of what was known already only a fork is news; a replay changes nothing (P7).
        const what = lastOf(header) > known.sequence ? "all" : "forks";
        await addBeside(parts.holdings, step.part, changeset, intake, what);
      }
    }
    changeset.advance(step.head);
  }
}

/**
 * Adds a batch that starts at or before what is known: usually it is there already, and then this
 * adds nothing. If another batch has one of its sequence numbers, the writer forked.
 */
export async function addBeside(
  holdings: Holdings,
  part: ProvenPart,
  changeset: Changeset,
  intake: Intake,
  what: "all" | "forks",
): Promise<void> {
  const { header } = part.head;
  const { writer, first } = header;
  const near = await holdings.batches(writer, first + 1 - limits.batchRecordsMax, lastOf(header), neighboursMax);
  const newest = holdings.writers.row(writer)?.newest;
  const heads = [...near.map(({ head }) => head), ...(newest === undefined ? [] : [newest])];
  const rivals = heads.filter((head) => isFork({ one: head, other: part.head }));
  for (const rival of rivals) learnFork(changeset, { one: rival, other: part.head }, intake);
  if (what === "forks" && rivals.length === 0) return;
  const same = near.find((batch) => Buffer.compare(batch.head.bytes, part.head.bytes) === 0);
  // Batches over one sequence number need variants of their own, wherever they start.
  const taken = new Set(near.filter(({ head }) => lastOf(head.header) >= first).map((batch) => batch.variant));
  const variant = same?.variant ?? variants.find((free) => !taken.has(free));
  if (variant === undefined) return;
  await changeset.loadBatches([{ writer, first, variant }]);
  // Two arrivals of one changeset may meet here as well.
  const row = changeset.batch({ writer, first, variant });
  if (row !== undefined && Buffer.compare(row.head.bytes, part.head.bytes) !== 0) return;
  changeset.add({ ...part, variant, versions: part.versions.map((version) => ({ ...version, variant })) });
}

/** Batches of one writer that can overlap one batch, and those of its forks. */
const neighboursMax = 1024;
/** For batches that claim one sequence number; a writer that forks more often harms only itself. */
const variants: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7];

function learnFork(changeset: Changeset, fork: Fork, intake: Intake): void {
  const known = changeset.known(fork.one.header.writer);
  if (!showsFork(known, { sequence: 0, frozenAt: lastBeforeFork(fork) })) return;
  changeset.freeze(fork);
  intake.forks.push(fork);
}

/**
 * Whether our context claims these records, or they stand behind a fork, where no context reaches.
 * All else comes by the next delta, which moves the context with it.
 */
export function isClaimed({ header }: BatchHead, { sequence, frozenAt }: Known): boolean {
  if (lastOf(header) <= sequence) return true;
  return frozenAt !== undefined && (header.first > frozenAt || header.first <= sequence);
}

export function mayTake(parts: IntakeParts, head: BatchHead, intake: Intake): boolean {
  const { writer } = head.header;
  if (!parts.holdings.writers.hasRoomFor(writer)) return false;
  const judgement = parts.trust.judgeBatch(factsOf(head));
  if (judgement.kind === "hold") intake.held.set(writer, judgement.missing);
  return judgement.kind === "accept";
}

/** Of one writer, rising, none over another. */
function orderRefusal(steps: readonly ProvenStep[]): Refusal | undefined {
  const writer = steps[0]?.head.header.writer;
  let expected = 1;
  for (const { kind, head } of steps) {
    const { header } = head;
    if (header.writer !== writer) return { code: "batch-malformed", why: "batches of two writers" };
    const position = kind === "batch" ? header.first : lastOf(header);
    if (position < expected) {
      return { code: "batch-out-of-order", writer: header.writer, first: header.first, expected };
    }
    expected = lastOf(header) + 1;
  }
  return undefined;
}

export function keysOf(part: ProvenPart): readonly string[] {
  return part.versions.map(({ record }) => record.key);
}
