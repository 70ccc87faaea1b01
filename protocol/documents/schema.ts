/**
 * The words that documents are made of, and how a document is read.
 *
 * Schemas are strict, so whoever writes a document hears of every misspelt field. A peer reads
 * leniently: fields that it does not know are ignored, for the document may come from a newer
 * version (FORMATS 10), and are kept and passed on because the signed bytes are. What an older
 * peer must not ignore is named in `critical` (policy.ts) or has another payload type.
 */

import * as z from "zod";
import { importPublicKey } from "../ed25519.ts";
import {
  fromHex,
  parseCollectionId,
  parseFolderId,
  parsePeerId,
  parseSiteId,
  parseWriterId,
  publicKeyOfPeer,
  publicKeyOfSite,
} from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { parseInstant } from "./instant.ts";

/** Counts and numbers from 1: serials, versions, seats, indices. */
export const ordinal = z
  .int("must be a whole number from 1")
  .min(1, "must be a whole number from 1")
  .max(limits.integerMax, `must be at most ${limits.integerMax}`);

export const instant = parsed(parseInstant, 'must be a UTC time such as "2026-11-22T09:30:00Z"');

export const siteId = parsed(
  (text) => withSoundKey(parseSiteId(text), publicKeyOfSite),
  "must be a site's id: the 64 hex digits of its authority's public key",
);
export const peerId = parsed(
  (text) => withSoundKey(parsePeerId(text), publicKeyOfPeer),
  "must be a peer's name such as \"12D3KooW...\"; the peer's request has it",
);
export const writerId = parsed(parseWriterId, "must be a writer's id: 80 hex digits, as a peer's status shows them");
export const collectionId = parsed(parseCollectionId, 'must be a collection such as "members" or "folder/press"');
export const folderId = parsed(
  parseFolderId,
  'must be a folder\'s id such as "press": lower-case letters, digits, "-", "_", ".", at most 64 characters',
);

/** An Ed25519 public key in hex, of those that no stranger can sign under. */
export const publicKey = z
  .string("must be a public key: 64 hex digits")
  .refine(
    (text) => /^[0-9a-f]{64}$/.test(text) && importPublicKey(fromHex(text)) !== undefined,
    "must be a sound Ed25519 public key: 64 hex digits",
  );

/** A region, group or server: letters and digits of any script, ".", "-", "_" in between. */
export const placeName = z
  .string("must be a name")
  .refine(isPlaceName, 'must be a name of letters, digits, "-", "_" and ".", at most 64 characters');

/** Free text for people. */
export const title = z
  .string("must be text")
  .refine(isTitle, "must be 1 to 200 printable characters without blanks around them");

export function isTitle(text: string): boolean {
  return /^[^\p{C}]{1,200}$/u.test(text) && text.trim() === text;
}

export function isPlaceName(text: string): boolean {
  // In one Unicode form only: two names that look alike must be equal.
  return text.normalize("NFC") === text && placePattern.test(text) && text.length <= limits.placeNameCharactersMax;
}

/** @param unknownFields what becomes of fields that the schema does not name */
export function readWith<Document>(
  schema: z.ZodType<Document>,
  json: unknown,
  what: string,
  unknownFields: "refused" | "ignored" = "ignored",
): Document | Refusal {
  let value = json;
  let result = schema.safeParse(value);
  // Fields inside a part that was unknown itself show only in the next round.
  for (let round = 0; unknownFields === "ignored" && !result.success && round < roundsMax; round += 1) {
    const unknown = result.error.issues.filter((issue) => issue.code === "unrecognized_keys");
    if (unknown.length === 0 || unknown.length < result.error.issues.length) break;
    value = unknown.reduce((whole, issue) => withoutFields(whole, issue.path, issue.keys), value);
    result = schema.safeParse(value);
  }
  if (result.success) return result.data;
  return { code: "document-malformed", what, why: explainIssues(result.error.issues) };
}

/** Where and what, for the first few of them: "folders[0].id: must be ...". */
function explainIssues(issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.slice(0, issuesShownMax).map((issue) => `${pathText(issue.path)}: ${issueText(issue)}`);
  if (issues.length > issuesShownMax) lines.push(`and ${issues.length - issuesShownMax} more`);
  return lines.join("; ");
}

export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return issue.message;
  const names = issue.keys.map((key) => JSON.stringify(key)).join(", ");
  return `${names} is no field of it; correct the spelling or take it out`;
}

const placePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}._-]*[\p{L}\p{N}\p{M}])?$/u;
const issuesShownMax = 5;
const roundsMax = 4;

export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`));
  return parts.join("").replace(/^\./, "") || "document";
}

/** Text that a parse function of `ids.ts` makes a name of. */
function parsed<Name>(parse: (text: string) => Name | undefined, expected: string) {
  return z.string(expected).transform((text, context): Name => {
    const name = parse(text);
    if (name !== undefined) return name;
    context.issues.push({ code: "custom", message: expected, input: text });
    return z.NEVER;
  });
}

/** Names made of a public key count only if nobody but its owner can sign under it. */
function withSoundKey<Name>(name: Name | undefined, keyOf: (name: Name) => Uint8Array): Name | undefined {
  return name === undefined || importPublicKey(keyOf(name)) === undefined ? undefined : name;
}

function withoutFields(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (Array.isArray(value)) {
    return value.map((item: unknown, at): unknown => (at === step ? withoutFields(item, rest, keys) : item));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value);
  if (step === undefined) return Object.fromEntries(fields.filter(([name]) => !keys.includes(name)));
  return Object.fromEntries(
    fields.map(([name, field]) => [name, name === step ? withoutFields(field, rest, keys) : field]),
  );
}
