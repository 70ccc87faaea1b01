/** What the messages of a simulated mesh carry, as far as promises count them. */

import { decodePieceRequest } from "../../protocol/wire/content.ts";
import { decodeRecordsRequest } from "../../protocol/wire/records-exchange.ts";
import type { Message } from "../world/network-message.ts";

/**
 * Whether a message is about the folder's records or content, in words. Digests and audits are not,
 * nor are the acknowledgements that members give once in a while, and requests for contents that are waited for in vain.
 */
export function carried(message: Message, inVain: ReadonlySet<string>): string | undefined {
  if (message.kind === "gossip") return message.topic.endsWith(`/${collection}`) ? "gossiped batches" : undefined;
  if (message.kind !== "request") return undefined;
  if (message.protocol === "/cdmesh/1/content") {
    const isInVain = decodePieceRequest(message.body)?.names.every((name) => inVain.has(name)) === true;
    return isInVain ? undefined : "requests for content";
  }
  const asked = message.protocol === "/cdmesh/1/records" ? decodeRecordsRequest(message.body) : undefined;
  return asked?.kind === "delta" && asked.collection === collection ? "requests for records" : undefined;
}

/** Of the one folder of a simulated site. */
const collection = "folder/press";
