/** Answers other holders who compare their copy of a folder with this peer's. */

import type { FolderId, PeerId } from "../../protocol/ids.ts";
import {
  type CopyState,
  decodeVerifyRequest,
  digestOfRange,
  encodeCopyState,
  encodeRangeDigest,
  encodeRangeItems,
} from "../../protocol/wire/verify.ts";
import { Mutex } from "../mutex.ts";
import { RefusedError } from "../ports.ts";
import type { LocalCopy } from "./local-copy.ts";

export const verifyProtocol = "/cdmesh/1/verify";

/** This peer's copy of a folder, and how it stands. */
export interface OwnCopy {
  readonly copy: Pick<LocalCopy, "read">;
  readonly state: () => CopyState;
}

export interface CopyServerOptions {
  readonly self: PeerId;
  /** Undefined for a folder that is not held here. */
  readonly copyOf: (folder: FolderId) => OwnCopy | undefined;
  /** Whether the policy gives a folder to a peer; paths are for holders only (P8). */
  readonly holds: (peer: PeerId, folder: FolderId) => boolean;
}

export class CopyServer {
  readonly #options: CopyServerOptions;
  /** Reading the disk again is heavy: one asker at a time. */
  readonly #deepTurn = new Mutex();

  constructor(options: CopyServerOptions) {
    this.#options = options;
  }

  /** The handler of `verifyProtocol`. */
  async answer(peer: PeerId, body: Uint8Array): Promise<Uint8Array> {
    const { self, copyOf, holds } = this.#options;
    const request = decodeVerifyRequest(body);
    if (request === undefined) {
      throw new RefusedError({ code: "message-malformed", what: "verify request", why: "it cannot be read" });
    }
    const { folder } = request;
    if (!holds(peer, folder)) throw new RefusedError({ code: "folder-not-held", peer, folder });
    const own = copyOf(folder);
    if (own === undefined) throw new RefusedError({ code: "folder-not-held", peer: self, folder });
    if (request.ask === "state") return encodeCopyState(own.state());
    const read = () => own.copy.read(request.range, request.deep);
    const items = await (request.deep ? this.#deepTurn.run(read) : read());
    return request.ask === "items" ? encodeRangeItems(items) : encodeRangeDigest(digestOfRange(items));
  }
}
