/** What a peer is started with, checked: the shape of the configuration file and of the flags. */

import { z } from "zod";
import { type FolderId, parseFolderId } from "../protocol/ids.ts";
import { logLevels } from "./ports.ts";

const text = z.string().min(1);

export const configSchema = z.strictObject({
  /** The peer's own directory: key, store, control socket. */
  data: text,
  /** Files as `site admit` and `policy sign` write them. Without them those of an earlier start hold. */
  license: text.optional(),
  policy: text.optional(),
  /** A file with one multiaddr a line. */
  seeds: text.optional(),
  /** Multiaddrs to listen on. */
  listen: z.array(text).min(1).default(["/ip4/0.0.0.0/tcp/4240"]),
  /** Multiaddrs that others shall dial instead, behind a NAT. */
  announce: z.array(text).default([]),
  /** Root of each folder on this machine. */
  folders: z
    .record(
      z.custom<FolderId>((id) => typeof id === "string" && parseFolderId(id) !== undefined, "no valid folder id"),
      text,
    )
    .default({}),
  /** This peer's copies lead: it does not wait for others before its first scan. */
  first: z.boolean().default(false),
  logLevel: z.enum(logLevels).default("info"),
});

export type Config = z.output<typeof configSchema>;
