/** Faults of disks and stores: errors, full and slow disks, wrong bytes, flushes that lie once, roots that are not mounted. */

import { anyMachine, type Fault, type FaultScene, whileMs } from "./fault-scene.ts";
import type { FileSystemCode } from "./file-system.ts";
import { type Call, isChange, type ShownRoot } from "./machine-faults.ts";
import { restart } from "./watcher-faults.ts";

const needsSpace: ReadonlySet<string> = new Set([
  "stage",
  "write",
  "truncate",
  "make directory",
  "make symlink",
  "link",
]);
const needsDescriptor: ReadonlySet<string> = new Set(["open", "stage", "list"]);

export const diskFaults = {
  "disk-errors": (scene) => onDisk(scene, "EIO", ({ port }) => port === "disk", scene.chance.pick([0.02, 0.2, 1])),
  /** The call takes effect and fails all the same. */
  "late-disk-errors": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    const probability = scene.chance.pick([0.05, 0.3]);
    scene.say(`${probability} of all changes on the disk of ${machine.name} take effect and fail`);
    const fails = (call: Call): boolean => call.port === "disk" && isChange(call) && scene.chance.happens(probability);
    scene.undoIn(
      whileMs(scene),
      machine.faults.planAfter((call) => (fails(call) ? "EIO" : undefined)),
    );
  },
  "full-disk": (scene) => onDisk(scene, "ENOSPC", ({ action }) => needsSpace.has(action), 1),
  "few-descriptors": (scene) => onDisk(scene, "EMFILE", ({ action }) => needsDescriptor.has(action), 0.7),
  "read-only-disk": (scene) => onDisk(scene, "EROFS", (call) => call.port === "disk" && isChange(call), 1),
  "store-errors": (scene) => {
    const isSuch = scene.chance.happens(0.5)
      ? ({ port }: Call) => port === "store"
      : ({ port, action }: Call) => port === "store" && action === "write";
    onDisk(scene, "EIO", isSuch, scene.chance.pick([0.05, 0.3, 1]));
  },
  "slow-disk": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    scene.say(`the disk of ${machine.name} is a hundred times slower`);
    machine.faults.diskSlowness = 100;
    scene.undoIn(whileMs(scene), () => {
      machine.faults.diskSlowness = 1;
    });
  },
  /** A byte is read wrong, once, or of one file for a while. */
  "bit-rot": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    const { faults } = machine;
    const isOnce = scene.chance.happens(0.5);
    let only: string | undefined;
    const end = (): void => {
      faults.spoilRead = undefined;
    };
    faults.spoilRead = (path, bytes, offset) => {
      if (bytes.length === 0 || (only !== undefined && path !== only)) return;
      if (only === undefined) scene.say(`${path} is read wrong on ${machine.name}${isOnce ? " once" : ""}`);
      only = path;
      const at = scene.chance.integer(bytes.length);
      const bit = scene.chance.integer(8);
      // What is read wrong in the same way twice is what the machine has, as far as anybody can tell.
      const misread = `${path} ${offset + at} ${bit}`;
      if (!faults.misread.has(misread)) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      faults.misread.add(misread);
      if (isOnce) end();
    };
    scene.undoIn(whileMs(scene), end);
  },
  "unmounted-root": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    const shown = scene.chance.pick<ShownRoot>(["empty", "nothing"]);
    scene.say(`the folder of ${machine.name} is not mounted: its root shows ${shown}`);
    const { life } = machine;
    machine.faults.shownRoot = shown;
    if (scene.chance.happens(0.3)) {
      machine.endWatcher("unmounted");
      scene.undoIn(5_000, () => restart(scene, machine));
    }
    if (scene.chance.happens(0.3)) {
      machine.kill();
      scene.bringUp(machine, 100);
    }
    scene.undoIn(whileMs(scene), () => {
      machine.faults.shownRoot = "itself";
      // Without a store it took the mount point for a new root, and tells its operator to start it anew.
      if (machine.isUp && machine.life !== life) restart(scene, machine);
    });
  },
  /**
   * What could not be written is given up: the next flush says yes to nothing. Each file has its own error, which
   * a flush of that file tells; so the failing one gives up nothing but what it was to write.
   */
  "failed-flush": (scene) => {
    const machine = anyMachine(scene);
    if (machine === undefined) return;
    const isFlush = ({ port, action }: Call): boolean => port === "disk" && action.startsWith("flush");
    let isDone = false;
    const cancel = machine.faults.planBefore((call) => {
      if (isDone || !isFlush(call)) return undefined;
      isDone = true;
      scene.say(`a flush of ${machine.name} fails, and what it was to write is dropped`);
      const file = machine.user.inode(call.path);
      const isAll = call.action === "flush all of";
      machine.fileSystem.dropUnflushed((inode) => (isAll ? scene.chance.happens(0.7) : inode === file));
      return "EIO";
    });
    scene.undoIn(60_000, cancel);
  },
} as const satisfies Record<string, Fault>;

function onDisk(scene: FaultScene, code: FileSystemCode, isSuch: (call: Call) => boolean, probability: number): void {
  const machine = anyMachine(scene);
  if (machine === undefined) return;
  scene.say(`${code} on ${machine.name}, with probability ${probability}`);
  const fails = (call: Call): boolean => isSuch(call) && scene.chance.happens(probability);
  scene.undoIn(
    whileMs(scene),
    machine.faults.planBefore((call) => (fails(call) ? code : undefined)),
  );
}
