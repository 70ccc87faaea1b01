/**
 * Sockets in the file system by a name of any length.
 *
 * The kernel takes about a hundred bytes for such a name, and a data directory may lie deeper than
 * that. On Linux the directory is then reached through its open descriptor.
 */

import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

export interface SocketPath {
  /** To listen on or connect to, until `close`. */
  readonly path: string;
  close(): Promise<void>;
}

/** sun_path has 108 bytes on Linux and 104 elsewhere, with a zero at the end. */
const socketPathBytesMax = 103;

export async function openSocketPath(directory: string, name: string): Promise<SocketPath> {
  const path = join(directory, name);
  if (Buffer.byteLength(path) <= socketPathBytesMax) return { path, close: async () => {} };
  if (process.platform !== "linux") {
    throw new Error(`${path} is too long for a socket: at most ${socketPathBytesMax} bytes on this platform`);
  }
  const handle: FileHandle = await open(directory);
  return { path: `/proc/self/fd/${handle.fd}/${name}`, close: () => handle.close() };
}
