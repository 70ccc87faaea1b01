/**
 * One run: a scenario and a seed become a world in which users act and faults happen; then the
 * faults stop, and the healed mesh has to become equal, idle, quiet and whole (harness rule b).
 *
 * Whatever is drawn hangs by a label of its own, and each label can be left out: that is how a
 * failing seed is made small (`shrink.ts`).
 */

import { drawAct } from "./acts.ts";
import { ambush, ambushClosely, type Lurker } from "./ambushes.ts";
import { carried } from "./checkers/carried.ts";
import type { Checker, Scene } from "./checkers/checker.ts";
import { type ContentName, ContentNames } from "./checkers/contents.ts";
import { waitedForInVain } from "./checkers/in-vain.ts";
import { WriteLedger } from "./checkers/ledger.ts";
import { isSettled } from "./checkers/promises.ts";
import { NumbersUsed } from "./checkers/used-twice.ts";
import { followWaysBack } from "./checkers/ways-back.ts";
import { stagingDirectory } from "../node/folder/marker.ts";
import { peerOfWriter } from "../protocol/ids.ts";
import type { Dot } from "../protocol/records/version.ts";
import type { Scenario } from "./scenario.ts";
import { Chance } from "./world/chance.ts";
import { type FaultKind, Faults } from "./world/faults.ts";
import { type HostileAct, HostilePeer, hostileActs } from "./world/hostile.ts";
import type { Message } from "./world/network-message.ts";
import type { SimulatedMachine } from "./world/machine.ts";
import { revokeOne } from "./world/revoking.ts";
import { SimulatedSite } from "./world/site.ts";
import { rememberVerdicts } from "./world/verdicts.ts";
import { World } from "./world/world.ts";

export interface RunOptions {
  readonly seed: number;
  /** Another course of the same story: users and faults stay, delays and lots are drawn anew. Default 0. */
  readonly course?: number;
  /** Labels of what shall not be there: `act 12`, `start 3`, `peer www2`, `fault crash`. */
  readonly dropped?: ReadonlySet<string>;
  /** Hears what happens, to tell the story. */
  readonly onTell?: ((atMs: number, line: string) => void) | undefined;
}

export interface Outcome {
  readonly scenario: string;
  readonly seed: number;
  readonly traceHash: string;
  /** Empty when every promise held. */
  readonly violations: readonly string[];
  readonly virtualMs: number;
  /** Lines of the trace: what happened in this world. */
  readonly steps: number;
  readonly acts: number;
  readonly faults: Readonly<Record<string, number>>;
  /** What the peers said in their logs, by event. */
  readonly events: Readonly<Record<string, number>>;
  /** Labels of all that was there: what can be left out to make the run smaller. */
  readonly labels: readonly string[];
}

/** Safety is looked at so often while users act. */
const lookEveryMs = 400;
/** Idle is a promise: it has to last so long, and nothing may travel. */
const quietMs = 8_000;

export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Outcome> {
  const forget = rememberVerdicts();
  try {
    return await new Run(scenario, options).live();
  } finally {
    forget();
  }
}

class Run {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #world: World;
  readonly #site: SimulatedSite;
  readonly #machines: readonly SimulatedMachine[];
  readonly #formerMembers = new Set<SimulatedMachine>();
  readonly #ledger: WriteLedger;
  readonly #names = new ContentNames();
  readonly #numbers = new NumbersUsed({
    isKnownToOthers: (dot) => this.#isKnownToOthers(dot),
    onCovered: (root) => this.#coveredUnseen(root),
  });
  readonly #faults: Faults;
  readonly #liars: readonly HostilePeer[];
  readonly #lies = new Map<HostileAct, number>();
  readonly #labels: string[] = [];
  readonly #violations: string[] = [];
  readonly #chatter = new Map<string, number>();
  readonly #chance: Chance;
  /** Once all is equal and idle: the contents that peers go on asking for. */
  #quietBut: ReadonlySet<string> | undefined;
  /** What a user does after that would be judged before it can have reached the others. */
  #areUsersGone = false;
  #steps = 0;
  #acts = 0;

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#ledger = new WriteLedger(this.#names);
    const { seed, course = 0 } = options;
    this.#world = new World(seed + course * 2 ** 32, { onTrace: (line) => this.#onTrace(line) });
    this.#chance = Chance.ofSeed(seed).fork(scenario.name);
    const { peers, places } = scenario.mesh;
    const count = peers[0] + this.#chance.integer(peers[1] - peers[0] + 1);
    const names = Array.from({ length: count }, (_, at) => `www${at + 1}`);
    this.#site = new SimulatedSite(
      this.#world,
      // The first two stay: a mesh of one has nobody to agree with.
      names
        .map((name, at) => ({ name, place: places[at % places.length] ?? {} }))
        .filter(({ name }, at) => at < 2 || this.#isThere(`peer ${name}`)),
    );
    this.#machines = this.#site.machines;
    for (const machine of this.#machines) {
      this.#followPower(machine);
      followWaysBack(machine, this.#names, (content) => this.#ledger.placedForAMoment(machine.name, content));
      machine.onOpened = (peer) => this.#numbers.follow(peer.folders.values());
    }
    this.#site.fabric.lines.listener = (message) => this.#onMessage(message);
    this.#faults = new Faults({
      site: this.#site,
      chance: this.#chance.fork("faults"),
      kinds: this.#drawFaults(),
      onFault: (kind, what) => this.#tell(`FAULT ${kind}: ${what}`),
    });
    const liars = Array.from({ length: scenario.liars }, (_, at) => `liar${at + 1}`);
    this.#liars = liars.map((name) => this.#newLiar(name));
  }

  async live(): Promise<Outcome> {
    const { users, always, eventually, settleMs } = this.#scenario;
    this.#fillBefore();
    this.#world.schedule(0, () => void this.#site.start());
    for (const liar of this.#liars) this.#world.schedule(0, () => void liar.start(users.withinMs));
    this.#planActs();
    if (this.#scenario.isOneRevoked === true) this.#planRevocation();
    this.#faults.start(users.withinMs);
    while (this.#world.nowMs < users.withinMs && this.#violations.length === 0) {
      await this.#world.run(Math.min(users.withinMs, this.#world.nowMs + lookEveryMs));
      this.#look(always);
    }
    if (this.#violations.length === 0) {
      this.#tell("faults stop");
      this.#faults.heal();
      await this.#settle(settleMs, always);
      this.#look([...always, ...eventually]);
    }
    return this.#outcome();
  }

  #outcome(): Outcome {
    const events: Record<string, number> = {};
    for (const { log } of this.#machines) for (const { event } of log.lines) events[event] = (events[event] ?? 0) + 1;
    return {
      scenario: this.#scenario.name,
      seed: this.#options.seed,
      traceHash: this.#world.traceHash(),
      violations: [...new Set(this.#violations)],
      virtualMs: this.#world.nowMs,
      steps: this.#steps,
      acts: this.#acts,
      faults: Object.fromEntries([...this.#faults.injected, ...this.#lies]),
      events,
      labels: this.#labels,
    };
  }

  // --- What happens ------------------------------------------------------------------------------

  #fillBefore(): void {
    const { acts, machines } = this.#scenario.users.before;
    for (let at = 0; at < acts; at += 1) {
      const chance = this.#chance.fork(`start ${at}`);
      const machine = machines === "one" ? this.#machines[0] : this.#pickMachine(chance);
      if (machine !== undefined && this.#isThere(`start ${at}`)) this.#act(machine, chance, `start ${at}`);
    }
  }

  #planActs(): void {
    const { acts, ambushes, areAmbushesClose, withinMs } = this.#scenario.users;
    for (let at = 0; at < acts; at += 1) {
      const label = `act ${at}`;
      const chance = this.#chance.fork(label);
      const atMs = 100 + chance.integer(withinMs - 1_000);
      const machine = this.#pickMachine(chance);
      if (machine === undefined || !this.#isThere(label)) continue;
      this.#world.schedule(atMs, () => {
        const lurker: Lurker = {
          machine,
          chance,
          act: (path, when, again) =>
            again === undefined
              ? this.#act(machine, chance, label, path, when)
              : this.#act(machine, chance.fork(again), `${label} ${again}`, path, when),
          cutPowerSoon: () => this.#faults.cutPowerSoon(machine, chance.fork("power")),
        };
        if (at < ambushes && areAmbushesClose === true) ambushClosely(lurker);
        else if (at < ambushes) ambush(lurker);
        else lurker.act(undefined, "");
      });
    }
  }

  #planRevocation(): void {
    const chance = this.#chance.fork("revocation");
    const { withinMs } = this.#scenario.users;
    const atMs = Math.round((0.2 + 0.6 * chance.unit()) * withinMs);
    if (!this.#isThere("revocation")) return;
    this.#world.schedule(atMs, () =>
      revokeOne({
        site: this.#site,
        chance,
        onRevoked: (machine, what) => {
          this.#formerMembers.add(machine);
          // Its word that something was overtaken may be cut.
          this.#ledger.forgets();
          this.#tell(what);
        },
      }),
    );
  }

  #act(machine: SimulatedMachine, chance: Chance, label: string, at?: string, when = ""): void {
    if (this.#areUsersGone) return;
    const [what, run] = drawAct(chance, machine, this.#scenario.users, label, at);
    this.#acts += 1;
    const isDone = this.#ledger.act(machine, `${machine.name}, ${label}: ${what}`, run);
    this.#tell(`${machine.name}, ${label}: ${what}${when}${isDone ? "" : " (could not)"}`);
  }

  #drawFaults(): readonly FaultKind[] {
    const chance = this.#chance.fork("fault kinds");
    return this.#scenario.faults.filter((kind) => {
      const isDrawn = this.#scenario.faults.length === 1 || chance.happens(0.5);
      return isDrawn && this.#isThere(`fault ${kind}`);
    });
  }

  #newLiar(name: string): HostilePeer {
    return new HostilePeer({
      site: this.#site,
      name,
      chance: this.#chance.fork(name),
      acts: hostileActs.filter((act) => this.#isThere(`lie ${act}`)),
      onAct: (act) => {
        this.#lies.set(act, (this.#lies.get(act) ?? 0) + 1);
        this.#tell(`LIE ${name}: ${act}`);
      },
    });
  }

  #pickMachine(chance: Chance): SimulatedMachine | undefined {
    return this.#machines[chance.integer(this.#machines.length)];
  }

  // --- What is looked at -------------------------------------------------------------------------

  async #settle(withinMs: number, always: readonly Checker[]): Promise<void> {
    const endMs = this.#world.nowMs + withinMs;
    do {
      await this.#world.run(this.#world.nowMs + 500);
      this.#look(always);
    } while (this.#world.nowMs < endMs && this.#violations.length === 0 && !isSettled(this.#scene()));
    if (!isSettled(this.#scene())) return;
    this.#tell("equal and idle");
    this.#areUsersGone = true;
    // What was sent before may arrive, also over lines that were slow then, and be passed on.
    await this.#world.run(Math.max(this.#world.nowMs, this.#site.fabric.lines.lastArrivalMs) + 2_000);
    this.#quietBut = new Set(waitedForInVain(this.#scene()).map(({ content }) => content));
    await this.#world.run(this.#world.nowMs + quietMs);
  }

  #look(checkers: readonly Checker[]): void {
    const scene = this.#scene();
    for (const { check } of checkers) this.#violations.push(...check(scene));
  }

  #scene(): Scene {
    const machines = this.#machines.filter((machine) => !this.#formerMembers.has(machine));
    return {
      machines,
      formerMembers: [...this.#formerMembers],
      running: machines.filter(({ isUp }) => isUp),
      ledger: this.#ledger,
      names: this.#names,
      chatter: this.#chatter,
    };
  }

  /** The ledger has to know what a power cut took, and what it left. */
  #followPower(machine: SimulatedMachine): void {
    machine.onSetBack = (why) => {
      const files = this.#names.filesOf(machine.user.snapshot());
      const before = {
        everywhere: this.#names.everywhere(machine.user),
        files,
        givenUp: new Set([...files.keys()].filter((path) => why === "a power cut" && machine.user.isGivenUp(path))),
      };
      return () => {
        const elsewhere = new Set<ContentName>();
        for (const other of this.#machines) {
          if (other === machine) continue;
          // What a machine is only about to bring in it does not have yet, and may drop.
          for (const content of this.#names.everywhere(other.user, stagingDirectory)) elsewhere.add(content);
        }
        this.#ledger.setBack(machine, before, elsewhere, `${why} on ${machine.name}`);
        if (why !== "a power cut") this.#ledger.forgets();
      };
    };
  }

  /** Whether whoever seals it is in touch with somebody who knows its writer so far. */
  #isKnownToOthers({ writer, sequence }: Dot): boolean {
    const author = peerOfWriter(writer);
    const { fabric } = this.#site;
    return this.#machines.some((machine) => {
      const { peer: other } = machine.identity;
      if (!machine.isRunning || other === author || !fabric.areInTouch(author, other)) return false;
      return [...machine.peer.folders.values()].some(
        ({ replica }) => replica.holdings.known(writer).sequence >= sequence,
      );
    });
  }

  /** What was told under a number used twice, and is covered, need not stand in the tree. */
  #coveredUnseen(root: string): void {
    const content = this.#names.nameOfRoot(root);
    if (content !== undefined) this.#ledger.keptVersions.add(content);
  }

  #onMessage(message: Message): void {
    const what = this.#quietBut && carried(message, this.#quietBut);
    if (what !== undefined) this.#chatter.set(what, (this.#chatter.get(what) ?? 0) + 1);
  }

  #onTrace(line: string): void {
    this.#steps += 1;
    if (this.#options.onTell !== undefined && toldOfTrace.test(line)) this.#tell(`    ${line}`);
  }

  // --- The story ---------------------------------------------------------------------------------

  #isThere(label: string): boolean {
    if (this.#options.dropped?.has(label) === true) return false;
    this.#labels.push(label);
    return true;
  }

  #tell(line: string): void {
    this.#options.onTell?.(this.#world.nowMs, line);
  }
}

/** Of all that happens: what peers change on disk, and what they complain of. */
const toldOfTrace =
  / (log (warn|error)|disk (exchange|link|rename|remove|remove directory|make .*|set attributes of)) /;
