/**
 * A site's authority and administrator in memory: issues documents for simulated sites, sound ones
 * and, by way of `changes`, any that an adversary or a slip of the hand could make.
 */

import { encodeLicenseFile } from "../../protocol/documents/file.ts";
import { type Instant, instantOfMs } from "../../protocol/documents/instant.ts";
import {
  type InstallLicense,
  installLicenseType,
  type Role,
  type SiteLicense,
  siteLicenseType,
} from "../../protocol/documents/license.ts";
import { type LinkRule, policyType } from "../../protocol/documents/policy.ts";
import { type Revocation, revocationsType } from "../../protocol/documents/revocations.ts";
import { signDocument } from "../../protocol/documents/verified.ts";
import { importSigningKey, type SigningKey } from "../../protocol/ed25519.ts";
import { type PeerId, type SiteId, siteIdOfPublicKey, toHex } from "../../protocol/ids.ts";
import type { LinkClass, Place } from "../../protocol/membership/place.ts";
import { sha256 } from "../../protocol/sha256.ts";
import { worldEpochMs } from "./clock.ts";

const dayMs = 86_400_000;

/** Folders of a policy as YAML has them. */
export interface PolicyDraft {
  readonly version: number;
  readonly folders: readonly { readonly id: string; readonly holders: readonly Partial<Place>[] }[];
  readonly links?: Partial<Record<LinkClass, Partial<LinkRule>>>;
}

export class FakeAuthority {
  readonly site: SiteId;
  readonly key: SigningKey;
  readonly administratorKey: SigningKey;
  /** Validity of what is issued without other dates: a year around the start of every world. */
  readonly notBefore: Instant = instantOfMs(worldEpochMs - dayMs);
  readonly notAfter: Instant = instantOfMs(worldEpochMs + 365 * dayMs);
  #serial = 0;
  #revocationsVersion = 0;
  readonly #revoked: Revocation[] = [];
  readonly #seats = new Map<PeerId, number>();
  readonly #regions: string[] = [];
  readonly #groups: string[] = [];
  #siteLicense: Uint8Array | undefined;

  /** @param label one label, one authority */
  constructor(label: string) {
    this.key = importSigningKey(sha256(Buffer.from(`authority ${label}`)));
    this.administratorKey = importSigningKey(sha256(Buffer.from(`administrator ${label}`)));
    this.site = siteIdOfPublicKey(this.key.publicKey.bytes);
  }

  /** The newest site license; made at the first call. */
  siteLicense(): Uint8Array {
    this.#siteLicense ??= this.issueSiteLicense();
    return this.#siteLicense;
  }

  issueSiteLicense(changes: Partial<SiteLicense> = {}): Uint8Array {
    const license = {
      site: this.site,
      company: "Example",
      name: "example",
      administrators: [{ name: "administrator", publicKey: toHex(this.administratorKey.publicKey.bytes) }],
      limits: { regions: 100, groups: 100, servers: 1_000, watchers: 1_000 },
      ...this.#dates(),
      ...changes,
    };
    this.#siteLicense = signDocument(siteLicenseType, license, [this.key]);
    return this.#siteLicense;
  }

  /** A further license of the same peer is for the same seat, with a greater serial. */
  admit(peer: PeerId, place: Place, roles: readonly Role[], changes: Partial<InstallLicense> = {}): Uint8Array {
    const seat = this.#seats.get(peer) ?? this.#seats.size + 1;
    this.#seats.set(peer, seat);
    const license = {
      site: this.site,
      peer,
      seat,
      regionIndex: numberOf(this.#regions, place.region),
      groupIndex: numberOf(this.#groups, `${place.region}/${place.group}`),
      ...(roles.includes("watch") ? { watcherIndex: seat } : {}),
      ...place,
      roles,
      ...this.#dates(),
      ...changes,
    };
    return signDocument(installLicenseType, license, [this.key]);
  }

  /** What `site admit --out` writes. */
  licenseFile(peer: PeerId, place: Place, roles: readonly Role[]): Uint8Array {
    return encodeLicenseFile({
      siteLicense: this.siteLicense(),
      installLicense: this.admit(peer, place, roles),
      revocations: undefined,
    });
  }

  /** Ends the licenses of a peer's seat that were issued so far. @returns the whole list so far */
  revoke(peer: PeerId, cuts?: Revocation["cuts"]): Uint8Array {
    const entry = { seat: this.#seats.get(peer) ?? 1, peer, serial: this.#serial, ...(cuts && { cuts }) };
    const former = this.#revoked.findIndex(({ seat }) => seat === entry.seat);
    this.#revoked.splice(former === -1 ? this.#revoked.length : former, former === -1 ? 0 : 1, entry);
    this.#revocationsVersion += 1;
    const { issuedAt } = this.#dates();
    const list = { site: this.site, version: this.#revocationsVersion, issuedAt, revoked: this.#revoked };
    return signDocument(revocationsType, list, [this.key]);
  }

  policy(draft: PolicyDraft, key: SigningKey = this.administratorKey): Uint8Array {
    return signDocument(policyType, { site: this.site, ...draft }, [key]);
  }

  #dates(): Pick<InstallLicense, "serial" | "issuedAt" | "notBefore" | "notAfter"> {
    this.#serial += 1;
    return { serial: this.#serial, issuedAt: this.notBefore, notBefore: this.notBefore, notAfter: this.notAfter };
  }
}

/** Numbers names from 1, in the order in which they first come. */
function numberOf(names: string[], name: string): number {
  const at = names.indexOf(name);
  return at === -1 ? names.push(name) : at + 1;
}
