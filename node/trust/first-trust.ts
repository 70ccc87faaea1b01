/**
 * First trust: which site this peer belongs to.
 *
 * It is pinned once, by the license file that an operator brought, and from then on no file and no
 * network can change it. Otherwise whoever can hand over a file could move the peer, with all its
 * folders, to a site of their own.
 */

import { DocumentSet } from "../../protocol/documents/document-set.ts";
import { claimedKeys, decodeEnvelope } from "../../protocol/documents/envelope.ts";
import { siteLicenseType } from "../../protocol/documents/license.ts";
import { isRefusal } from "../../protocol/documents/verified.ts";
import { parseSiteId, type SiteId, siteIdOfPublicKey } from "../../protocol/ids.ts";
import type { Refusal } from "../../protocol/refusal.ts";
import { rowKey } from "../keys.ts";
import type { Store } from "../ports.ts";

/** @param envelopes from the files that the peer was started with */
export async function pinnedSite(store: Store, envelopes: readonly Uint8Array[]): Promise<SiteId | Refusal> {
  const stored = await store.get(siteKey);
  const pinned = stored === undefined ? undefined : parseSiteId(Buffer.from(stored).toString("latin1"));
  const shown = siteShownBy(envelopes);
  if (isRefusal(shown)) return shown;
  if (pinned !== undefined) {
    return shown === undefined || shown === pinned ? pinned : { code: "site-foreign", site: shown };
  }
  if (shown === undefined) return { code: "license-missing" };
  await store.write([{ kind: "put", key: siteKey, value: Buffer.from(shown, "latin1") }], { durable: true });
  return shown;
}

/** The site of the first site license, which must be sound: signed by the key that names the site. */
function siteShownBy(envelopes: readonly Uint8Array[]): SiteId | Refusal | undefined {
  for (const bytes of envelopes) {
    const envelope = decodeEnvelope(bytes, siteLicenseType.bytesMax);
    if ("code" in envelope || envelope.payloadType !== siteLicenseType.payloadType) continue;
    const [key] = claimedKeys(envelope);
    if (key === undefined) return { code: "signature-invalid", signer: "none" };
    const set = new DocumentSet(siteIdOfPublicKey(key.bytes));
    const license = set.verify(bytes);
    if (isRefusal(license)) return license;
    const decision = set.decide(license);
    return decision.kind === "refuse" ? decision.refusal : set.site;
  }
  return undefined;
}

const siteKey = rowKey("p", "site");
