/** What a peer is started with, checked: each field by itself, so that an error can name its option. */

import { z } from "zod";
import { type FolderId, parseFolderId } from "../protocol/ids.ts";
import { type PeerAddress, readAddress } from "../protocol/membership/address.ts";
import { logLevels } from "./ports.ts";

const text = z.string().min(1, "must not be empty");
const listenAddress = text.superRefine((address, context) => {
  const problem = listenProblem(address);
  if (problem !== undefined) context.addIssue(`must be where to listen, not "${address}": ${problem}`);
});
const announcedAddress = text.transform((address, context): PeerAddress => {
  const read = readAddress(address);
  if (!("problem" in read) && read.peer === undefined) return read.address;
  const problem = "problem" in read ? read.problem : "the peer id is left out here";
  context.addIssue(`must be where this peer can be reached, not "${address}": ${problem}`);
  return z.NEVER;
});
const folderName = text.transform((name, context): FolderId => {
  const id = parseFolderId(name);
  if (id !== undefined) return id;
  context.addIssue(`must be a folder's id, not "${name}"`);
  return z.NEVER;
});
/** "ID=PATH". */
const folderRoot = text.transform((named, context): readonly [FolderId, string] => {
  const cut = named.indexOf("=");
  const id = parseFolderId(cut < 0 ? named : named.slice(0, cut));
  const path = cut < 0 ? "" : named.slice(cut + 1);
  if (id !== undefined && path !== "") return [id, path];
  const what = id === undefined ? "the id is a name of small letters, digits and -" : "the path is missing";
  context.addIssue(`must be ID=PATH, such as press=/srv/press, not "${named}": ${what}`);
  return z.NEVER;
});

/** How this machine's disk is watched; "auto": as suits the platform. */
export const watcherChoices = ["auto", "directories", "chokidar"] as const;

export const configSchema = z.strictObject({
  /** The peer's own directory: key, store, control socket. */
  data: text,
  /** Files as `site admit` and `policy sign` write them. Without them those of an earlier start hold. */
  license: text.optional(),
  policy: text.optional(),
  /** A file with one multiaddr a line. */
  seeds: text.optional(),
  /** Multiaddrs to listen on. */
  listen: z.array(listenAddress).min(1).default(["/ip4/0.0.0.0/tcp/4240"]),
  /** Multiaddrs that others shall dial instead, behind a NAT. */
  announce: z.array(announcedAddress).default([]),
  /** Root of each folder on this machine, each as "ID=PATH". */
  folders: z
    .array(folderRoot)
    .default([])
    .transform((named, context): ReadonlyMap<FolderId, string> => {
      const roots = new Map(named);
      const twice = named.find(([id, path]) => roots.get(id) !== path);
      if (twice !== undefined) context.addIssue(`must name folder "${twice[0]}" once, not twice`);
      return roots;
    }),
  /** Folders whose disk is a new one, to be filled by others: an empty one is refused otherwise. */
  refill: z.array(folderName).default([]),
  /** This peer's copies lead: it does not wait for others before its first scan. */
  first: z.boolean().default(false),
  watcher: z.enum(watcherChoices, `must be one of ${watcherChoices.join(", ")}`).default("auto"),
  logLevel: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
});

export type Config = z.output<typeof configSchema>;

/** Beside what others can dial, all addresses of the machine may be listened on. */
function listenProblem(address: string): string | undefined {
  const read = readAddress(address.replace(/^\/(ip4\/0\.0\.0\.0|ip6\/::)\//, "/ip4/127.0.0.1/"));
  if ("problem" in read) return read.problem;
  return read.peer === undefined ? undefined : "the peer id is left out here";
}
