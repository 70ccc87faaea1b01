/** Which watcher a machine gets. */

import type { Config } from "../../config.ts";
import type { Watcher } from "../../ports.ts";
import { ChokidarWatcher } from "./chokidar-watcher.ts";
import { DirectoryWatcher } from "./directory-watcher.ts";

/**
 * @param choice "auto": on Linux, whose events `DirectoryWatcher` was built and measured on, that one;
 *   elsewhere chokidar, which reads directories again and relies less on what events say.
 */
export function platformWatcher(choice: Config["watcher"], platform: NodeJS.Platform): Watcher {
  const isPlain = choice === "auto" ? platform === "linux" : choice === "directories";
  return isPlain ? new DirectoryWatcher() : new ChokidarWatcher();
}
