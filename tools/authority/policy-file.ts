/**
 * The policy as people write it: YAML, judged strictly, each fault with its line.
 *
 * The site's id is filled in here. It binds the signed policy to its site, and is nothing that an
 * administrator should have to copy.
 */

import { type Document, isCollection, isNode, LineCounter, parseDocument } from "yaml";
import { issueText, pathText } from "../../protocol/documents/schema.ts";
import { policySchema, policyType } from "../../protocol/documents/policy.ts";
import { isRefusal, signDocument } from "../../protocol/documents/verified.ts";
import type { SiteId } from "../../protocol/ids.ts";
import { limits } from "../../protocol/limits.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import type { Obstacle } from "./obstacle.ts";
import type { SiteDirectory } from "./site-directory.ts";

/** A policy that its schema accepts, as it will be signed. */
export interface PolicyDraft {
  readonly version: number;
  readonly json: unknown;
}

export interface PolicyFault {
  readonly line: number;
  /** Such as "folders[0].holders". */
  readonly where: string;
  readonly what: string;
}

export function readPolicyFile(text: string, site: SiteId): PolicyDraft | readonly PolicyFault[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  if (document.errors.length > 0) {
    return document.errors.map(({ pos, message }) => {
      const [what = "no YAML"] = message.split("\n");
      return { line: lines.linePos(pos[0]).line, where: "file", what };
    });
  }
  const json = unfolded(document);
  if (typeof json === "string") return [{ line: 1, where: "file", what: json }];
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return [{ line: 1, where: "file", what: "must be a mapping with version and folders" }];
  }
  const whole = { site, ...json };
  const result = policySchema.safeParse(whole);
  if (!result.success) {
    return result.error.issues.map((issue) => ({
      line: lineOf(document, lines, issue.path),
      where: pathText(issue.path),
      what: issueText(issue),
    }));
  }
  if (result.data.site !== site) {
    return [{ line: lineOf(document, lines, ["site"]), where: "site", what: "names another site; leave it out" }];
  }
  return { version: result.data.version, json: whole };
}

/**
 * Signs a policy with the administrator's key and files it.
 * @throws SiteDirectoryError
 */
export async function signPolicy(site: SiteDirectory, draft: PolicyDraft): Promise<Uint8Array | Obstacle> {
  const { documents } = site;
  const envelope = signDocument(policyType, draft.json, [site.administratorKey]);
  const signed = documents.verify(envelope);
  if (isRefusal(signed)) {
    const remedy = "split the folders over fewer or shorter holders, or have the site license name this administrator";
    return { problem: `no peer would take this policy: ${describeRefusal(signed)}`, remedy };
  }
  const { version } = draft;
  const newest = documents.newestPolicyVersion();
  const former = documents.find(signed);
  // The same again is no new version: the file may have been lost.
  if (former?.hash === signed.hash) return former.envelope;
  if (version <= newest) {
    const what = former === undefined ? `is older than ${newest}` : "was signed with other content";
    return { problem: `version ${version} ${what}, and versions only rise`, remedy: `write version: ${newest + 1}` };
  }
  if (newest > 0 && version > newest + limits.documentVersionJumpMax) {
    const problem = `version ${version} is more than ${limits.documentVersionJumpMax} above ${newest}, and peers would refuse it`;
    return { problem, remedy: `write version: ${newest + 1}` };
  }
  await site.issue(envelope);
  return envelope;
}

/** Aliases are welcome, but not so many that a small file becomes a huge document. @returns text: why not */
function unfolded(document: Document): unknown {
  try {
    const json: unknown = document.toJS();
    return typeof json === "string" ? "must be a mapping with version and folders" : json;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The line of the deepest part of a path that the file has. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return isCollection(document.contents) && document.contents.range
    ? lines.linePos(document.contents.range[0]).line
    : 1;
}
