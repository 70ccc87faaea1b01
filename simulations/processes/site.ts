/**
 * A whole site of real processes below one directory: made as an operator makes one, with the
 * authority's commands, and with a folder of its own for each peer.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cdmesh } from "./cli.ts";
import { PeerProcess } from "./peer-process.ts";

export interface SitePeerOptions {
  readonly name: string;
  readonly region: string;
  readonly group: string;
  readonly roles?: string;
  /** The address that it listens on and others dial, such as /ip4/127.0.0.1/tcp/4240. */
  readonly listen: string;
  readonly namespace?: string;
  /** Stands in everybody's seed list. */
  readonly isSeed?: boolean;
}

/** Writers who remove more within a minute than stands there are no accident that somebody is asked about. */
export const noDeleteBrake = "deleteBrake: { percent: 100 }";

export class ProcessSite {
  readonly directory: string;
  readonly folder: string;

  private constructor(directory: string, folder: string) {
    this.directory = directory;
    this.folder = folder;
  }

  /**
   * Makes the authority, one folder that everybody holds, and the peers, not yet started.
   *
   * @param rules lines of the policy about the folder, such as "deleteBrake: { percent: 100 }"
   */
  static async create(
    directory: string,
    folder: string,
    peers: readonly SitePeerOptions[],
    rules: readonly string[] = [],
  ): Promise<{ readonly site: ProcessSite; readonly peers: readonly PeerProcess[] }> {
    const site = new ProcessSite(directory, folder);
    mkdirSync(directory, { recursive: true });
    await cdmesh("site", "create", "--dir", site.#at("site"), "--company", "Example", "--site", "rehearsal");
    const lines = [`- id: ${folder}`, "  holders:", '    - region: "*"', ...rules.map((rule) => `  ${rule}`)];
    writeFileSync(site.#at("policy.yaml"), `version: 1\nfolders:\n${lines.map((line) => `  ${line}\n`).join("")}`);
    await cdmesh(
      "policy",
      "sign",
      "--dir",
      site.#at("site"),
      "--in",
      site.#at("policy.yaml"),
      "--out",
      site.#at("policy"),
    );
    const seeds = peers.filter(({ isSeed = true }) => isSeed).map(({ listen }) => listen);
    writeFileSync(site.#at("seeds"), `# the same list for every peer\n${seeds.join("\n")}\n`);
    await Promise.all(peers.map(({ name }) => cdmesh("peer", "init", "--data", site.#at(`data-${name}`))));
    // One after the other: the authority's directory is for one at a time.
    const made: PeerProcess[] = [];
    for (const peer of peers) made.push(await site.#admit(peer));
    return { site, peers: made };
  }

  /** Where a peer's copy of the folder stands. */
  rootOf(name: string): string {
    return this.#at(`root-${name}`);
  }

  async #admit({
    name,
    region,
    group,
    listen,
    namespace,
    roles = "watch,serve,master",
  }: SitePeerOptions): Promise<PeerProcess> {
    const data = this.#at(`data-${name}`);
    const request = join(data, "peer.request");
    const license = this.#at(`license-${name}`);
    const place = ["--region", region, "--group", group, "--server", name];
    await cdmesh(
      "site",
      "admit",
      "--dir",
      this.#at("site"),
      "--request",
      request,
      ...place,
      "--roles",
      roles,
      "--out",
      license,
    );
    mkdirSync(this.rootOf(name), { recursive: true });
    return new PeerProcess({
      name,
      data,
      license,
      policy: this.#at("policy"),
      seeds: this.#at("seeds"),
      listen,
      folders: [[this.folder, this.rootOf(name)]],
      ...(namespace !== undefined && { namespace }),
    });
  }

  #at(name: string): string {
    return join(this.directory, name);
  }
}
