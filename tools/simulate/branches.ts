/**
 * The branches of merge, conflict and recovery that seeds have to reach (harness rule f), each with
 * the code that stands there and nowhere else in its file.
 */

export interface Branch {
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

export const branches: readonly Branch[] = [
  {
    name: "merge: known or dominated, nothing changes",
    file: "protocol/records/merge.ts",
    code: "return { siblings, added: [], removed: [] }",
  },
];
