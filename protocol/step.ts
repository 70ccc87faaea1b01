/** The shape of every pure machine: the next state, and what the shell shall do about it. */

export type Step<State, Effect> = readonly [state: State, effects: readonly Effect[]];
