/**
 * The policy: what the site's folders are, where they live, and how far links may be trusted.
 * Signed by an administrator whom the site license names, or by the authority.
 *
 * Batches are judged under the policy version that they name (FORMATS 1), so every version that was
 * ever in force keeps its meaning. A peer ignores fields that it does not know (FORMATS 10). A field
 * that narrows rights or changes what older fields mean must be named in `critical`: a peer that
 * does not know it keeps the version, passes it on, stays under the one before, and holds batches
 * made under it until it is upgraded.
 */

import * as z from "zod";
import { limits } from "../limits.ts";
import { type LinkClass, type Place } from "../membership/place.ts";
import { folderId, isPlaceName, ordinal, readWith, siteId } from "./schema.ts";
import type { DocumentType } from "./verified.ts";

const placePattern = z
  .string("must be a name")
  .refine(
    (text) => text.length <= limits.placeNameCharactersMax && isPlaceName(text.replaceAll("*", "a")),
    'must be a name, in which "*" stands for anything',
  );

const holderSchema = z
  .strictObject({ region: placePattern.optional(), group: placePattern.optional(), server: placePattern.optional() })
  .refine((holder) => Object.values(holder).some((pattern) => pattern !== undefined), {
    error: 'must name a region, group or server; {region: "*"} means every server',
  });

const wholeNumber = "must be a whole number, 0 or more";
const countSchema = z.int(wholeNumber).min(0, wholeNumber);

/**
 * How long what a change replaces or deletes is kept on each peer; whichever limit is reached first
 * ends it. A count of 0 keeps nothing.
 */
const versionsSchema = z.strictObject({
  /** Kept versions of one path. */
  count: countSchema.max(10_000, "must be at most 10000").default(5),
  days: countSchema.max(36_500, "must be at most 36500").default(30),
  /** Of one folder on one peer. */
  bytes: countSchema.default(10 * 1024 ** 3),
});

/**
 * Deletes that go beyond both marks within ten minutes wait for an operator (S5): at the peer where
 * the files went, and at each peer that would follow. Off when `percent` is 100.
 */
const deleteBrakeSchema = z.strictObject({
  files: countSchema.default(100),
  /** Of the files that the folder held. */
  percent: countSchema.max(100, "must be at most 100").default(50),
});

const folderSchema = z.strictObject({
  id: folderId,
  versions: versionsSchema.prefault({}),
  deleteBrake: deleteBrakeSchema.prefault({}),
  /** Servers that match one of these hold the folder. */
  holders: z
    .array(holderSchema, 'must be a list of holders such as [{region: "*"}]')
    .min(1, "must have at least one holder")
    .max(limits.policyHoldersMax, `must have at most ${limits.policyHoldersMax} holders`),
});

/**
 * How content travels over the links of a class. Far links are the narrow ones: near ones gain
 * nothing by compression but a busier processor.
 */
function linkRuleSchema(compressionDefault: number) {
  return z
    .strictObject({
      /** Whole chunks, or of those that replace known old bytes only what is new in them. */
      copy: z.enum(["dump", "patch"], 'must be "dump" or "patch"').default("patch"),
      /** zstd's scale; 0 is off. */
      compression: z
        .int("must be 0 to 9")
        .min(0, "must be 0 to 9")
        .max(9, "must be 0 to 9")
        .default(compressionDefault),
      /** Of bulk data; control is always encrypted. */
      encryption: z.enum(["noise", "tls", "none"], 'must be "noise", "tls" or "none"').default("noise"),
    })
    .prefault({});
}

const linksSchema = z.strictObject({
  "same-group": linkRuleSchema(0),
  "same-region": linkRuleSchema(1),
  international: linkRuleSchema(3),
} satisfies Record<LinkClass, z.ZodType>);

export const defaultTombstoneDays = 90;

export const policySchema = z.strictObject({
  site: siteId,
  version: ordinal,
  /** Names of features that a peer must know to obey this version. */
  critical: z
    .array(z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/))
    .max(64)
    .default([]),
  folders: z
    .array(folderSchema, "must be a list of folders, each with id and holders")
    .max(limits.policyFoldersMax, `must have at most ${limits.policyFoldersMax} folders`)
    .superRefine((folders, context) => {
      const seen = new Set<string>();
      for (const [at, { id }] of folders.entries()) {
        if (seen.has(id)) {
          context.addIssue({ code: "custom", path: [at, "id"], message: `the folder ${id} stands here twice` });
        }
        seen.add(id);
      }
    }),
  links: linksSchema.prefault({}),
  /** A member that was not heard of for so long does not hold up the end of tombstones (FORMATS 9). */
  tombstoneDays: z
    .int("must be 1 to 3650")
    .min(1, "must be 1 to 3650")
    .max(3_650, "must be 1 to 3650")
    .default(defaultTombstoneDays),
});

/** What is left to read of a version that asks for features which are not known here. */
const policyHeaderSchema = policySchema.pick({ site: true, version: true, critical: true });

export type Policy = z.output<typeof policySchema>;
export type PolicyFolder = Policy["folders"][number];
export type KeptVersions = z.output<typeof versionsSchema>;
export type DeleteBrake = z.output<typeof deleteBrakeSchema>;
export type LinkRule = z.output<typeof linksSchema>[LinkClass];

export const policyType: DocumentType<"policy", Policy> = {
  kind: "policy",
  payloadType: "application/vnd.cdmesh.policy.v1+json",
  bytesMax: limits.policyBytesMax,
  read: (json) => {
    const header = readWith(policyHeaderSchema, json, "policy");
    if ("code" in header || isUnderstood(header)) return readWith(policySchema, json, "policy");
    return { ...header, folders: [], links: defaultLinks, tombstoneDays: defaultTombstoneDays };
  },
  identify: (policy) => ({ name: "site", version: policy.version }),
};

/** Features of later versions that this one obeys. */
const knownFeatures: ReadonlySet<string> = new Set();

/** Whether this version of the program may act on the policy. */
export function isUnderstood(policy: { readonly critical: readonly string[] }): boolean {
  return policy.critical.every((feature) => knownFeatures.has(feature));
}

export function folderOf(policy: Policy, id: string): PolicyFolder | undefined {
  return policy.folders.find((folder) => folder.id === id);
}

/** Whether the policy gives a folder to a server at this place. */
export function isHolder(folder: PolicyFolder, place: Place): boolean {
  return folder.holders.some(
    ({ region, group, server }) =>
      matchesName(region, place.region) && matchesName(group, place.group) && matchesName(server, place.server),
  );
}

/** Before there is a policy, what one says that says nothing of links. */
export function linkRule(policy: Policy | undefined, linkClass: LinkClass): LinkRule {
  return (policy?.links ?? defaultLinks)[linkClass];
}

/** Until a policy is known that names the folder. */
export const defaultKeptVersions: KeptVersions = versionsSchema.parse({});
export const defaultDeleteBrake: DeleteBrake = deleteBrakeSchema.parse({});
const defaultLinks = linksSchema.parse({});

/**
 * `*` stands for any run of characters. Only the last star is ever tried again, so the time is
 * bounded by the product of the lengths whatever the pattern.
 */
function matchesName(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined) return true;
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern;
      starAt = at;
      inPattern += 1;
    } else if (pattern[inPattern] === name[at]) {
      inPattern += 1;
      at += 1;
    } else if (star !== -1) {
      starAt += 1;
      at = starAt;
      inPattern = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === "*") inPattern += 1;
  return inPattern === pattern.length;
}
