/**
 * SITE: the authority's directory, kept offline if possible. Two keys and every document ever
 * issued; what is in force follows from those, so there is no ledger that could disagree with them.
 *
 *   authority.key        names the site and signs licenses and revocations
 *   administrator.key    signs policies
 *   issued/SERIAL.json   site and install licenses, one number each
 *   revocations/VERSION.json, policies/VERSION.json
 *
 * A document takes its number by creating its file, and a name is given only once: two commands
 * at the same time never issue the same number.
 */

import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { flushDirectory, writeDurableFile } from "../../node/adapters/durable-file.ts";
import { createKeyFile, KeyFileError, readKeyFile } from "../../node/adapters/key-file.ts";
import { DocumentSet } from "../../protocol/documents/document-set.ts";
import { encodeEnvelopeFile, envelopesInFile } from "../../protocol/documents/file.ts";
import type { SignedDocument, SignedInstallLicense } from "../../protocol/documents/kinds.ts";
import { isRefusal } from "../../protocol/documents/verified.ts";
import { importSigningKey, type SigningKey } from "../../protocol/ed25519.ts";
import { siteIdOfPublicKey } from "../../protocol/ids.ts";
import { describeRefusal } from "../../protocol/refusal.ts";

export type SiteDirectoryProblem = "exists" | "missing" | "damaged" | "busy" | "failed";

/** In words for the operator. */
export class SiteDirectoryError extends Error {
  readonly problem: SiteDirectoryProblem;
  constructor(problem: SiteDirectoryProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "SiteDirectoryError";
    this.problem = problem;
  }
}

const authorityKeyName = "authority.key";
const administratorKeyName = "administrator.key";
const shelves = { issued: "issued", revocations: "revocations", policies: "policies" } as const;
type Shelf = keyof typeof shelves;

export class SiteDirectory {
  readonly path: string;
  readonly authorityKey: SigningKey;
  readonly administratorKey: SigningKey;
  /** Everything that was issued, verified on reading. */
  readonly documents: DocumentSet;

  private constructor(path: string, keys: Pick<SiteDirectory, "authorityKey" | "administratorKey">) {
    this.path = path;
    this.authorityKey = keys.authorityKey;
    this.administratorKey = keys.administratorKey;
    this.documents = new DocumentSet(siteIdOfPublicKey(keys.authorityKey.publicKey.bytes));
  }

  /**
   * Makes the directory with its keys and its first document, all or nothing.
   * @param first makes the site license
   * @throws SiteDirectoryError
   */
  static async create(path: string, first: (site: SiteDirectory) => Uint8Array): Promise<SiteDirectory> {
    const parent = dirname(path);
    await mkdir(parent, { recursive: true });
    const draft = await mkdtemp(join(parent, ".site-"));
    try {
      for (const name of Object.values(shelves)) await mkdir(join(draft, name), { mode: 0o700 });
      const [authorityKey, administratorKey] = [
        importSigningKey(await createKeyFile(draft, authorityKeyName)),
        importSigningKey(await createKeyFile(draft, administratorKeyName)),
      ];
      const site = new SiteDirectory(draft, { authorityKey, administratorKey });
      await site.issue(first(site));
      // An empty directory is taken over, anything else refuses.
      await rename(draft, path);
      await flushDirectory(parent);
      return await SiteDirectory.open(path);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      if (codeOf(error) === "ENOTEMPTY" || codeOf(error) === "EEXIST" || codeOf(error) === "ENOTDIR") {
        throw new SiteDirectoryError("exists", `${path} is there already and is not overwritten`, error);
      }
      throw explained(path, error);
    }
  }

  /** @throws SiteDirectoryError, KeyFileError */
  static async open(path: string): Promise<SiteDirectory> {
    const site = new SiteDirectory(path, {
      authorityKey: importSigningKey(await siteKey(path, authorityKeyName)),
      administratorKey: importSigningKey(await siteKey(path, administratorKeyName)),
    });
    // Site licenses first: they name the administrators of the policies.
    for (const shelf of ["issued", "revocations", "policies"] as const) await site.#load(shelf);
    return site;
  }

  /** The number of the next license. */
  nextSerial(): number {
    const serials = this.documents.entries().map(({ kind, version }) => (kind.endsWith("license") ? version : 0));
    return Math.max(0, ...serials) + 1;
  }

  /** The newest license of each seat that is not revoked; an expired one still has its seat. */
  licensesInForce(): readonly SignedInstallLicense[] {
    const { documents } = this;
    return [...documents.peers()]
      .flatMap((peer) => documents.licensesOf(peer))
      .filter(({ document, version }) => version === documents.newestOf(document.seat)?.version)
      .filter(({ document }) => documents.revocations().revocationOf(document) === undefined)
      .toSorted((one, other) => one.document.seat - other.document.seat);
  }

  /**
   * Files a document under its number, durably, before anybody gets it.
   * @throws SiteDirectoryError "busy" when another command took the number at the same time
   */
  async issue(envelope: Uint8Array): Promise<SignedDocument> {
    const document = this.#verified(envelope, "a new document");
    const shelf = document.kind === "policy" ? "policies" : document.kind === "revocations" ? "revocations" : "issued";
    const path = join(this.path, shelves[shelf], `${String(document.version).padStart(8, "0")}.json`);
    try {
      await writeDurableFile(path, encodeEnvelopeFile(envelope), { mode: 0o600, existing: "kept" });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw explained(path, error);
      throw new SiteDirectoryError(
        "busy",
        `${path} was issued by another command meanwhile; run this one again`,
        error,
      );
    }
    this.documents.add(document, []);
    return document;
  }

  async #load(shelf: Shelf): Promise<void> {
    const directory = join(this.path, shelves[shelf]);
    try {
      const names = await readdir(directory);
      // What starts with a dot is the unfinished file of a command that was interrupted.
      for (const name of names.filter((candidate) => !candidate.startsWith(".")).toSorted()) {
        const path = join(directory, name);
        const envelopes = envelopesInFile(await readFile(path));
        const [envelope] = isRefusal(envelopes) ? [] : envelopes;
        if (envelope === undefined) throw damaged(path, "it holds no document");
        this.documents.add(this.#verified(envelope, path), []);
      }
    } catch (error) {
      throw error instanceof SiteDirectoryError ? error : explained(directory, error);
    }
  }

  #verified(envelope: Uint8Array, path: string): SignedDocument {
    const document = this.documents.verify(envelope);
    if (isRefusal(document)) throw damaged(path, describeRefusal(document));
    return document;
  }
}

async function siteKey(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readKeyFile(path, name);
  } catch (error) {
    if (!(error instanceof KeyFileError) || error.problem !== "missing") throw error;
    const message = `${path} is no site's directory: ${name} is missing. Make one with cdmesh site create --dir ${path}`;
    throw new SiteDirectoryError("missing", message, error);
  }
}

function damaged(path: string, why: string): SiteDirectoryError {
  return new SiteDirectoryError("damaged", `${path} is damaged: ${why}. Restore it from a backup`);
}

function explained(path: string, error: unknown): Error {
  if (error instanceof SiteDirectoryError || error instanceof KeyFileError) return error;
  const message = `${path}: ${error instanceof Error ? error.message : String(error)}`;
  return new SiteDirectoryError("failed", message, error);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
