/** Another holder's copy of a folder, asked over the network. */

import type { FolderId, PeerId } from "../../protocol/ids.ts";
import { describeRefusal } from "../../protocol/refusal.ts";
import {
  type CopyState,
  decodeCopyState,
  decodeRangeDigest,
  decodeRangeItems,
  encodeVerifyRequest,
  type PathRange,
  type RangeDigest,
  type RangeItems,
  type VerifyRequest,
} from "../../protocol/wire/verify.ts";
import { type Network, RefusedError, RequestError } from "../ports.ts";
import { verifyProtocol } from "./copy-server.ts";

/** It could not be asked, or what it answered is no answer. */
export class CopyUnreachable extends Error {
  constructor(why: string) {
    super(why);
    this.name = "CopyUnreachable";
  }
}

export interface RemoteCopyOptions {
  readonly network: Pick<Network, "request">;
  readonly peer: PeerId;
  readonly folder: FolderId;
  readonly deep: boolean;
  readonly signal: AbortSignal;
}

const timeoutMs = 30_000;
/** Reading a range again takes as long as its disk needs, and waits for those who asked before. */
const deepTimeoutMs = 600_000;

/** @throws CopyUnreachable from each of its calls */
export class RemoteCopy {
  readonly #options: RemoteCopyOptions;

  constructor(options: RemoteCopyOptions) {
    this.#options = options;
  }

  state(): Promise<CopyState> {
    return this.#ask({ ask: "state", folder: this.#options.folder }, decodeCopyState);
  }

  digest(range: PathRange): Promise<RangeDigest> {
    const { folder, deep } = this.#options;
    return this.#ask({ ask: "digest", folder, range, deep }, decodeRangeDigest);
  }

  items(range: PathRange): Promise<RangeItems> {
    const { folder, deep } = this.#options;
    return this.#ask({ ask: "items", folder, range, deep }, decodeRangeItems);
  }

  async #ask<Answer>(request: VerifyRequest, decode: (body: Uint8Array) => Answer | undefined): Promise<Answer> {
    const { network, peer, deep, signal } = this.#options;
    const limit = { timeoutMs: deep ? deepTimeoutMs : timeoutMs, signal };
    const body = await network.request(peer, verifyProtocol, encodeVerifyRequest(request), limit).catch(toUnreachable);
    const answer = decode(body);
    if (answer === undefined) throw new CopyUnreachable("it sent an answer that cannot be read");
    return answer;
  }
}

function toUnreachable(error: unknown): never {
  if (error instanceof RequestError) throw new CopyUnreachable(error.failure);
  if (error instanceof RefusedError) {
    const { refusal } = error;
    throw new CopyUnreachable("detail" in refusal ? `${refusal.code} (${refusal.detail})` : describeRefusal(refusal));
  }
  throw error;
}
