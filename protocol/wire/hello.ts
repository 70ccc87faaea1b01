/** Hello as bytes: the first thing that two peers say to each other. */

import { fromHex, parseSiteId, type SiteId, toHex } from "../ids.ts";
import { limits } from "../limits.ts";
import type { Refusal } from "../refusal.ts";
import { Hello as HelloMessage } from "./generated/hello.js";

export interface Hello {
  /** Protocol versions that the sender speaks. */
  readonly versionMin: number;
  readonly versionMax: number;
  readonly site: SiteId;
  /** Envelope. */
  readonly siteLicense: Uint8Array;
  /** Envelope; undefined for a peer without one. */
  readonly installLicense: Uint8Array | undefined;
  /** Over all documents that the sender knows, 64 hex digits. */
  readonly documentsDigest: string;
  /** Program and version, for logs. */
  readonly agent: string;
}

export function encodeHello(hello: Hello): Uint8Array {
  const { versionMin, versionMax, agent } = hello;
  return HelloMessage.encode({
    versionMin,
    versionMax,
    site: new Uint8Array(fromHex(hello.site)),
    siteLicense: new Uint8Array(hello.siteLicense),
    installLicense: new Uint8Array(hello.installLicense ?? []),
    documentsDigest: new Uint8Array(fromHex(hello.documentsDigest)),
    agent,
  });
}

export function decodeHello(bytes: Uint8Array): Hello | Refusal {
  if (bytes.length > limits.helloBytesMax) return malformed(`has ${bytes.length} bytes`);
  let message: HelloMessage;
  try {
    message = HelloMessage.decode(bytes);
  } catch {
    return malformed("no protocol buffer");
  }
  const { versionMin, versionMax, siteLicense, installLicense, documentsDigest, agent } = message;
  const site = parseSiteId(toHex(message.site));
  if (site === undefined) return malformed("the site's id has 32 bytes");
  if (siteLicense.length > limits.licenseBytesMax) return malformed("the site license is too large");
  if (installLicense.length > limits.licenseBytesMax) return malformed("the install license is too large");
  if (documentsDigest.length !== 32) return malformed("a digest has 32 bytes");
  if (message.enrolment.length > limits.enrolmentBytesMax) return malformed("the enrolment is too large");
  return {
    versionMin,
    versionMax,
    site,
    siteLicense,
    installLicense: installLicense.length === 0 ? undefined : installLicense,
    documentsDigest: toHex(documentsDigest),
    // Goes into logs: no line breaks, no control of terminals.
    agent: agent.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, limits.agentCharactersMax),
  };
}

function malformed(why: string): Refusal {
  return { code: "message-malformed", what: "hello", why };
}
