/** A simulated site: its authority, its network, and machines that hold one folder. */

import { type FolderId, parseFolderId } from "../../protocol/ids.ts";
import { FakeAuthority, type PolicyDraft } from "./authority.ts";
import { type MachineOptions, SimulatedMachine } from "./machine.ts";
import { NetworkFabric } from "./network-fabric.ts";
import type { World } from "./world.ts";

export class SimulatedSite {
  readonly world: World;
  readonly fabric: NetworkFabric;
  readonly authority: FakeAuthority;
  readonly folder: FolderId;
  readonly machines: readonly SimulatedMachine[];
  /** What the policy says of links; defaults where it says nothing. Before the machines are started. */
  links: NonNullable<PolicyDraft["links"]> = {};
  readonly #seeds: number;

  /** @param seeds how many machines stand in the seed list */
  constructor(world: World, machines: readonly MachineOptions[], seeds = machines.length) {
    const folder = parseFolderId("press");
    if (folder === undefined) throw new Error("press is a folder id");
    this.world = world;
    this.folder = folder;
    this.fabric = new NetworkFabric(world);
    this.authority = new FakeAuthority("press site");
    this.machines = machines.map((options) => new SimulatedMachine(this, options));
    this.#seeds = seeds;
  }

  seeds(): string {
    const seeds = this.machines.slice(0, this.#seeds);
    return seeds.map(({ address }) => address).join("\n");
  }

  /** Starts all machines at once. */
  async start(): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.start()));
  }

  policy(): Uint8Array {
    return this.authority.policy({
      version: 1,
      folders: [{ id: this.folder, holders: [{ region: "*" }] }],
      links: this.links,
    });
  }
}
