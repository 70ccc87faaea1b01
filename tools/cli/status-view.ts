/**
 * What a peer says of itself and of others, for a terminal: who is there, which folders are whole,
 * what is missing, what is moving, and why somebody is behind.
 */

import type { PeerReport, Status } from "../../node/control/control.ts";
import type { FolderReport } from "../../node/control/folder-reports.ts";
import { describeReason, type Reason } from "../../node/control/reasons.ts";
import { counted, formatBytes, formatCount, formatDuration, visible } from "./quantities.ts";
import { formatTable, type Tone, toned } from "./table.ts";

/** Bytes a second that a folder fetches, by its id; left out when it is not known. */
export type Rates = ReadonlyMap<string, number>;

const toneOfPeer: Readonly<Record<PeerReport["state"], Tone>> = {
  connected: "good",
  alive: "good",
  suspect: "busy",
  unknown: "busy",
  dead: "bad",
  left: "faint",
};
const toneOfFolder: Readonly<Record<FolderReport["state"], Tone>> = { idle: "good", syncing: "busy", scanning: "busy" };

/** Members acknowledge within hours; that deletes wait for one is worth a line after two days. */
const waitShownMs = 2 * 86_400_000;
/** Of each list below a folder. */
const itemsShown = 5;

export function viewStatus(status: Status, rates: Rates = new Map()): string {
  return [viewHead(status), viewPeers(status), viewFolders(status, rates)].join("\n\n");
}

/** One line for a log file. */
export function summarizeStatus(status: Status): string {
  const others = status.peers.filter(({ self }) => !self);
  const connected = others.filter(({ state }) => state === "connected").length;
  const folders = status.folders.map(({ id, state, files, missingFiles, missingBytes, blockedFiles, heldBack }) => {
    const facts = [`${id} ${state}`, `${files} files`];
    if (missingFiles > 0) facts.push(`${missingFiles} missing (${formatBytes(missingBytes)})`);
    if (blockedFiles > 0) facts.push(`${blockedFiles} blocked`);
    if (heldBack > 0) facts.push(`${heldBack} held back`);
    return facts.join(", ");
  });
  return [`${connected} of ${others.length} peers connected`, ...folders].join("; ");
}

function viewHead(status: Status): string {
  const { peer, site, peers, policyVersion, startedAt, at, hindrance } = status;
  const own = peers.find(({ self }) => self);
  const name = own === undefined ? "this peer" : placeOf(own);
  const policy = policyVersion === 0 ? "no policy" : `policy ${policyVersion}`;
  const up = `up ${formatDuration(Date.parse(at) - Date.parse(startedAt))}`;
  const lines = [`${toned("strong", name)}  ${policy}  ${up}`, toned("faint", `peer ${peer}\nsite ${site}`)];
  if (hindrance !== undefined) lines.push(toned("bad", `takes no part: ${visible(hindrance)}`));
  return lines.join("\n");
}

// --- Peers ---------------------------------------------------------------------------------------

function viewPeers({ peers, at }: Status): string {
  const rows = peers.flatMap((peer): readonly (readonly string[])[] => {
    const [first = "", ...rest] = peer.reasons.map(sayReason);
    const row = [placeOf(peer), stateOfPeer(peer), seenOf(peer, at), foldersOf(peer), first];
    return [row, ...rest.map((reason) => ["", "", "", "", reason])];
  });
  const columns = ["PEER", "STATE", "SEEN", "FOLDERS", "WHY BEHIND"].map((title) => ({ title }));
  return formatTable(columns, rows);
}

function placeOf({ region, group, server }: Pick<PeerReport, "region" | "group" | "server">): string {
  return `${region}/${group}/${server}`;
}

function stateOfPeer({ self, state }: PeerReport): string {
  return self ? "this peer" : toned(toneOfPeer[state], state);
}

function seenOf({ self, state, seenAt }: PeerReport, at: string): string {
  if (self) return "";
  if (seenAt === undefined) return "never";
  const ms = Date.parse(at) - Date.parse(seenAt);
  // Beacons come every few seconds.
  return state === "connected" && ms < 10_000 ? "now" : `${formatDuration(ms)} ago`;
}

/** As of its last beacon, which is no news of a peer that fell silent. */
function foldersOf({ folders, state, self }: PeerReport): string {
  if (folders.length === 0) return "";
  const isHeard = self || state === "connected" || state === "alive";
  const said = folders.map(({ id, state: now }) => {
    const text = `${id} ${now}`;
    return isHeard ? toned(toneOfFolder[now], text) : toned("faint", `${text} then`);
  });
  return said.join(", ");
}

function sayReason(reason: Reason): string {
  if (reason.code === "missing") {
    return `${reason.folder}: ${counted(reason.files, "file")} missing, ${formatBytes(reason.bytes)}`;
  }
  return visible(describeReason(reason));
}

// --- Folders -------------------------------------------------------------------------------------

function viewFolders({ folders, peers, at }: Status, rates: Rates): string {
  if (folders.length === 0) return "no folders here: start the peer with --folder ID=PATH";
  const columns = [
    { title: "FOLDER" },
    { title: "STATE" },
    { title: "FILES", align: "right" },
    { title: "SIZE", align: "right" },
    { title: "MISSING", align: "right" },
    { title: "", align: "right" },
    { title: "HOLDERS", align: "right" },
    { title: "FETCHED", align: "right" },
    { title: "RATE", align: "right" },
  ] as const;
  const table = formatTable(
    columns,
    folders.map((folder) => [
      folder.id,
      toned(toneOfFolder[folder.state], folder.state),
      formatCount(folder.files),
      formatBytes(folder.bytes),
      folder.missingFiles === 0 ? "none" : toned("busy", formatCount(folder.missingFiles)),
      folder.missingFiles === 0 ? "" : formatBytes(folder.missingBytes),
      `${folder.connectedHolders} of ${folder.holders}`,
      formatBytes(folder.bytesFetched),
      rateOf(rates.get(folder.id)),
    ]),
  );
  const forgetting = (folder: FolderReport): readonly string[] => viewTombstones(folder, peers, at);
  return [table, ...folders.flatMap((folder) => viewDetails(folder, forgetting(folder)))].join("\n");
}

function rateOf(rate: number | undefined): string {
  return rate === undefined || rate < 1 ? "" : `${formatBytes(rate)}/s`;
}

function viewDetails(folder: FolderReport, forgetting: readonly string[]): readonly string[] {
  const { id, moving, unfound, blocked, blockedFiles, problems, problemItems, reasons } = folder;
  const lines = [
    // What is missing, and that it scans, stands in the table.
    ...reasons
      .filter(({ code }) => code !== "missing" && code !== "scanning")
      .map((reason) => `why      ${sayReason(reason)}`),
    ...listed("moving", moving, moving.length, ({ path, bytes, bytesDone }) => {
      const share = bytes === 0 ? 100 : Math.floor((100 * bytesDone) / bytes);
      return `${String(share).padStart(3)} % of ${formatBytes(bytes)}  ${visible(path)}`;
    }),
    ...listed("missing", unfound, unfound.length, ({ path, content }) => {
      return `${visible(path)}: no connected peer has its content ${content.slice(0, 12)}`;
    }),
    ...listed("blocked", blocked, blockedFiles, (item) => `${visible(item.path)}: ${whyBlocked(item)}`),
    ...listed("problem", problemItems, problems, ({ path, problem }) => `${visible(path)}: ${visible(problem)}`),
    ...forgetting,
  ];
  return lines.length === 0
    ? []
    : ["", toned("faint", `${id} at ${visible(folder.root)}`), ...lines.map((line) => `  ${line}`)];
}

/** Deletes are remembered until all have acknowledged them: who is waited for, once that takes days. */
function viewTombstones(
  { tombstones: { held, behind, behindSince, catchingUp } }: FolderReport,
  peers: readonly PeerReport[],
  at: string,
): readonly string[] {
  if (catchingUp)
    return ["deletes  were forgotten while this peer was away: all that it has is compared with the others"];
  if (behind === undefined || held === 0) return [];
  const ms = behindSince === undefined ? Infinity : Date.parse(at) - Date.parse(behindSince);
  if (ms < waitShownMs) return [];
  const named = peers.find(({ peer }) => peer === behind);
  const who = named === undefined ? behind : placeOf(named);
  const since = behindSince === undefined ? "has acknowledged none yet" : `acknowledged last ${formatDuration(ms)} ago`;
  return [`deletes  ${formatCount(held)} are remembered; ${who} ${since}`];
}

function whyBlocked({ why, neededBytes, freeBytes, twin }: FolderReport["blocked"][number]): string {
  if (twin !== undefined) return `${visible(why)}, ${visible(twin)} stands there, which is the same name on this disk`;
  if (neededBytes === undefined || freeBytes === undefined) return visible(why);
  return `${visible(why)}, needs ${formatBytes(neededBytes)}, ${formatBytes(freeBytes)} free beside the reserve`;
}

/** @param total of which `items` are the first ones */
function listed<Item>(
  label: string,
  items: readonly Item[],
  total: number,
  say: (item: Item) => string,
): readonly string[] {
  const shown = items.slice(0, itemsShown).map((item) => `${label.padEnd(8)} ${say(item)}`);
  const rest = total - shown.length;
  return rest > 0 ? [...shown, `${label.padEnd(8)} and ${formatCount(rest)} more`] : shown;
}
