/** Who this peer is: the Ed25519 key that it signs with, and the name that follows from it. */

import { type SigningKey, importSigningKey } from "../protocol/ed25519.ts";
import { type PeerId, peerIdOfPublicKey } from "../protocol/ids.ts";

export interface Identity {
  readonly peer: PeerId;
  readonly signingKey: SigningKey;
}

/** @param seed the 32 secret bytes of the peer's key file */
export function identityOfSeed(seed: Uint8Array): Identity {
  const signingKey = importSigningKey(seed);
  return { peer: peerIdOfPublicKey(signingKey.publicKey.bytes), signingKey };
}
