/**
 * Keeps the real world out while a simulated one runs.
 *
 * The clock, timers and chance of the process are replaced by functions that throw, so a library
 * that reaches for them is caught in the act instead of making a seed lie (FORMATS 34). Promises
 * that are rejected with nobody listening are collected: they fail the run that caused them.
 * Files and sockets are not guarded here; the import boundaries keep `node/` from them.
 */

export interface Guard {
  /** Rejections that nobody handled, oldest first. */
  readonly rejections: readonly unknown[];
  lift(): void;
}

/** One world runs at a time: two would poison each other's trace. */
let standing = false;

export function standGuard(): Guard {
  if (standing) throw new Error("another world is running in this process");
  standing = true;
  const rejections: unknown[] = [];
  const collect = (reason: unknown): void => {
    rejections.push(reason);
  };
  // The listeners of a test runner would blame the test and go on; here the run has to stop.
  const outer = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", collect);
  const restore = forbidden().map(([owner, name]) => poison(owner, name));
  return {
    rejections,
    lift: () => {
      for (const undo of restore) undo();
      process.off("unhandledRejection", collect);
      for (const listener of outer) process.on("unhandledRejection", listener);
      standing = false;
    },
  };
}

function forbidden(): readonly (readonly [owner: object, name: string])[] {
  return [
    [Date, "now"],
    [globalThis, "Date"],
    [Math, "random"],
    [performance, "now"],
    [globalThis, "setTimeout"],
    [globalThis, "setInterval"],
    [globalThis, "setImmediate"],
    [globalThis, "fetch"],
    [AbortSignal, "timeout"],
    [crypto, "getRandomValues"],
    [crypto, "randomUUID"],
  ];
}

/** @returns puts back what was there */
function poison(owner: object, name: string): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const value = owner === globalThis && name === "Date" ? dateWithoutClock() : () => refuse(name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  };
}

/** Dates of given instants are values and stay; only "now" is refused. */
function dateWithoutClock(): DateConstructor {
  return new Proxy(Date, {
    apply: () => refuse("Date"),
    construct: (target, given: readonly unknown[], self) => {
      if (given.length === 0) refuse("new Date");
      const date: unknown = Reflect.construct(target, given, self);
      if (!(date instanceof target)) throw new Error("a Date is a Date");
      return date;
    },
  });
}

function refuse(name: string): never {
  throw new Error(`${name}() was called in a simulated world; only ports reach the world`);
}
