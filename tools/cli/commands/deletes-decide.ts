/** cdmesh deletes release, cdmesh deletes discard: the operator's answer to deletes that wait. */

import type { Command } from "commander";
import type { DeletesVerdict } from "../../../node/control/deletes.ts";
import { decideDeletes } from "../control-client.ts";
import { addCommand } from "../frame.ts";
import { list, required } from "../options.ts";
import { counted } from "../quantities.ts";

const words: Readonly<Record<DeletesVerdict, { summary: string; about: string; done: string }>> = {
  release: {
    summary: "let deletes that wait take place",
    about:
      "What went from this disk is told to all others, and what others asked for is removed here. It counts for what " +
      "waits at this moment. Each peer has a brake of its own: others may ask as well.",
    done: "released",
  },
  discard: {
    summary: "take back deletes that wait: the files stay",
    about:
      "What went from this disk comes back from other peers. What others asked for stays here, and this peer gives it " +
      "back to everybody.",
    done: "taken back",
  },
};

export function registerDeletesRelease(program: Command): void {
  registerVerdict(program, "release");
}

export function registerDeletesDiscard(program: Command): void {
  registerVerdict(program, "discard");
}

function registerVerdict(program: Command, verdict: DeletesVerdict): void {
  const { summary, about, done } = words[verdict];
  addCommand(program, {
    name: `deletes ${verdict}`,
    summary,
    about,
    examples: [
      `cdmesh deletes ${verdict} --data /var/lib/cdmesh --folder press`,
      `cdmesh deletes ${verdict} --data /var/lib/cdmesh --folder press --path news --path index.html`,
    ],
    options: {
      data: required("--data <directory>", "the directory of a peer that runs on this server"),
      folder: required("--folder <id>", "a folder of that peer"),
      path: list("--path <path>", "this path and what is below it only; may be repeated"),
    },
    async run({ data, folder, path }, output) {
      const answer = await decideDeletes(data, verdict, { folder, paths: path });
      output.result(
        { ...answer },
        answer.files === 0 ? "no such delete waits" : `${counted(answer.files, "delete")} ${done}`,
      );
      return undefined;
    },
  });
}
