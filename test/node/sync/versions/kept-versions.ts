/** What a simulated machine keeps, as its operator and as its disk see it. */

import type { VersionReport } from "../../../../node/control/versions.ts";
import type { SimulatedMachine } from "../../../../simulations/world/machine.ts";
import type { SimulatedSite } from "../../../../simulations/world/site.ts";

export async function keptVersionsOf(
  { world, folder }: SimulatedSite,
  { peer }: SimulatedMachine,
): Promise<readonly VersionReport[]> {
  return (await world.settle(peer.control.versions.list({ folder }))).versions;
}

/** The contents of all kept files, sorted. */
export function keptTextsOf({ user }: SimulatedMachine): readonly string[] {
  const root = ".cdmesh/versions";
  const texts = user
    .names(root)
    .flatMap((directory) =>
      user.names(`${root}/${directory}`).map((name) => user.readText(`${root}/${directory}/${name}`) ?? "a symlink"),
    );
  return texts.toSorted();
}
