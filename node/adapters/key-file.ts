/**
 * A private key at rest: one Ed25519 key in PEM (PKCS #8), for its owner alone.
 *
 * Whoever can read the key is the peer, so a file that others may read is refused until it is
 * closed to them; and no key is ever overwritten.
 */

import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { writeDurableFile } from "./durable-file.ts";

/** The name of a peer's key in its data directory. */
export const peerKeyName = "peer.key";

export type KeyFileProblem = "missing" | "exists" | "not-permitted" | "open-to-others" | "malformed" | "failed";

/** In words for the operator: what, where, what to do. */
export class KeyFileError extends Error {
  readonly problem: KeyFileProblem;
  constructor(problem: KeyFileProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "KeyFileError";
    this.problem = problem;
  }
}

/**
 * Makes a new key in a directory that exists.
 * @returns its 32 secret bytes
 * @throws KeyFileError
 */
export async function createKeyFile(directory: string, name = peerKeyName): Promise<Uint8Array> {
  const path = join(directory, name);
  const pem = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;
  try {
    await writeDurableFile(path, Buffer.from(pem), { mode: 0o600, existing: "kept" });
  } catch (error) {
    throw explained(path, error);
  }
  return seedOf(pem, path);
}

/**
 * @returns the key's 32 secret bytes
 * @throws KeyFileError
 */
export async function readKeyFile(directory: string, name = peerKeyName): Promise<Uint8Array> {
  const path = join(directory, name);
  try {
    const file = await open(path, "r");
    try {
      // Of the file that was opened, not of what has its name a moment later.
      const { mode } = await file.stat();
      if ((mode & 0o077) !== 0) {
        const bits = (mode & 0o777).toString(8);
        const message = `${path} can be read or changed by others (mode ${bits}): close it with chmod 600 ${path}`;
        throw new KeyFileError("open-to-others", message);
      }
      return seedOf(await file.readFile("utf8"), path);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof KeyFileError ? error : explained(path, error);
  }
}

function seedOf(pem: string, path: string): Uint8Array {
  try {
    const key = createPrivateKey(pem);
    const { d } = key.export({ format: "jwk" });
    if (key.asymmetricKeyType === "ed25519" && d !== undefined) return new Uint8Array(Buffer.from(d, "base64url"));
  } catch {
    // Not PEM, damaged, or of a kind that has no such form: one answer for all.
  }
  throw new KeyFileError("malformed", `${path} holds no Ed25519 private key in PEM: restore it from a backup`);
}

function explained(path: string, error: unknown): KeyFileError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new KeyFileError("missing", `there is no key ${path}`, error);
    case "EEXIST":
      return new KeyFileError("exists", `the key ${path} is there already and is not overwritten`, error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new KeyFileError("not-permitted", `${path}: not permitted (${code}); run this as the key's owner`, error);
    default:
      return new KeyFileError("failed", `${path}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
