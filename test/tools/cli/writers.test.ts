import assert from "node:assert/strict";
import { test } from "node:test";
import type { ControlRequest } from "../../../node/control/routes.ts";
import { parseCut } from "../../../tools/authority/revoke.ts";
import { peerOf } from "../../protocol/documents/documents.ts";
import { serveAnswers } from "./canned-peer.ts";
import { cdmesh } from "./process.ts";

test("P9: what writers prints are the cuts that site revoke takes", async (context) => {
  const [one, other] = [`${"3f".repeat(32)}00000000000000a1`, `${"3f".repeat(32)}00000000000000a2`];
  const writers = [
    { writer: one, collection: "folder/press", sequence: 1_200 },
    { writer: other, collection: "members", sequence: 0 },
  ];
  let asked: string | undefined;
  const data = await serveAnswers(context, {
    "GET /v1/writers": ({ query }: ControlRequest) => {
      asked = query.get("peer");
      return { peer: peerOf("www3"), writers };
    },
  });
  const shown = await cdmesh(["writers", "--data", data, "--peer", "www3"]);
  assert.deepEqual([shown.exitCode, shown.stderr, asked], [0, "", "www3"]);
  assert.equal(shown.stdout, `--cut ${one}/folder/press=1200\n--cut ${other}/members=0\n`);
  const cuts = shown.stdout.split("\n").map((line) => parseCut(line.replace("--cut ", "")));
  assert.deepEqual(cuts, [
    { writer: one, collection: "folder/press", lastValid: 1_200 },
    { writer: other, collection: "members", lastValid: 0 },
    undefined,
  ]);
});
