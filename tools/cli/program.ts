/** The program: each command stands in a file of its own under commands/. */

import { registerDeletesDiscard, registerDeletesRelease } from "./commands/deletes-decide.ts";
import { registerDeletesList } from "./commands/deletes-list.ts";
import { registerErase } from "./commands/erase.ts";
import { registerPeerInit } from "./commands/peer-init.ts";
import { registerPolicySign } from "./commands/policy-sign.ts";
import { registerSiteAdmit } from "./commands/site-admit.ts";
import { registerSiteCreate } from "./commands/site-create.ts";
import { registerSiteRevoke } from "./commands/site-revoke.ts";
import { registerStart } from "./commands/start.ts";
import { registerStatus } from "./commands/status.ts";
import { registerVerify } from "./commands/verify.ts";
import { registerVersionsList } from "./commands/versions-list.ts";
import { registerVersionsRestore } from "./commands/versions-restore.ts";
import { registerWriters } from "./commands/writers.ts";
import { makeProgram, type Register, runProgram } from "./frame.ts";

const commands: readonly Register[] = [
  registerSiteCreate,
  registerSiteAdmit,
  registerSiteRevoke,
  registerPeerInit,
  registerPolicySign,
  registerStart,
  registerStatus,
  registerVerify,
  registerWriters,
  registerDeletesList,
  registerDeletesRelease,
  registerDeletesDiscard,
  registerVersionsList,
  registerVersionsRestore,
  registerErase,
];

const program = makeProgram();
for (const register of commands) register(program);
await runProgram(program, process.argv);
