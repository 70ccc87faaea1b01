/**
 * Six real peers on this machine, in two regions of two groups, with everything that they need
 * below one temporary directory. Whatever happens, the processes and the directory go at the end.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../simulations/processes/free-ports.ts";
import type { PeerProcess } from "../../simulations/processes/peer-process.ts";
import { ProcessSite } from "../../simulations/processes/site.ts";

export interface Actor {
  /** "eu/web/www1" */
  readonly place: string;
  /** Of its copy of the folder. */
  readonly root: string;
  readonly process: PeerProcess;
}

const places = [
  { region: "eu", group: "web", name: "www1" },
  { region: "eu", group: "web", name: "www2" },
  { region: "eu", group: "media", name: "media1" },
  { region: "us", group: "web", name: "www3" },
  { region: "us", group: "web", name: "www4" },
  { region: "us", group: "media", name: "media2" },
] as const;

export class Stage {
  readonly actors: readonly Actor[];
  readonly #directory: string;
  readonly #clearAtExit = (): void => this.#clear();

  private constructor(directory: string, actors: readonly Actor[]) {
    this.#directory = directory;
    this.actors = actors;
    process.on("exit", this.#clearAtExit);
  }

  /** Makes the site with the authority's own commands; nobody is started yet. */
  static async raise(): Promise<Stage> {
    const directory = mkdtempSync(join(tmpdir(), "cdmesh-demo-"));
    try {
      const ports = await freePorts(places.length);
      const listening = places.map((place, at) => ({ ...place, listen: `/ip4/127.0.0.1/tcp/${ports[at]}` }));
      const { site, peers } = await ProcessSite.create(directory, "press", listening);
      const actors = peers.flatMap((peer, at): readonly Actor[] => {
        const place = places[at];
        if (place === undefined) return [];
        const { region, group, name } = place;
        return [{ place: `${region}/${group}/${name}`, root: site.rootOf(name), process: peer }];
      });
      return new Stage(directory, actors);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** @param at from 0 */
  actor(at: number): Actor {
    const actor = this.actors[at];
    if (actor === undefined) throw new Error(`there is no actor ${at}`);
    return actor;
  }

  /** Ends the peers as an operator would, and removes everything. */
  async close(): Promise<void> {
    await Promise.all(this.actors.map((actor) => actor.process.stop()));
    this.#clear();
    process.off("exit", this.#clearAtExit);
  }

  #clear(): void {
    for (const { process: peer } of this.actors) {
      if (peer.pid !== undefined) process.kill(peer.pid, "SIGKILL");
    }
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
