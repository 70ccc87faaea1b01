/** A tap of Linux: an interface whose cable ends in this process, frame by frame. */

import { constants, openSync, readSync, writeSync } from "node:fs";
import koffi from "koffi";

/** TUNSETIFF of linux/if_tun.h, and of its flags a tap (not a tun) without a header before each frame. */
const setInterface = 0x400454ca;
const tapWithoutHeader = 0x0002 | 0x1000;
/** struct ifreq: 16 bytes for the name, then the flags. */
const requestBytes = 40;
const nameBytesMax = 15;
/** More than any frame that a tap without offloads carries. */
const frameBytesMax = 64 * 1024;

// ioctl takes anything as its third argument; with a pointer it is called like any other function.
const ioctl = koffi.load(null).func("ioctl", "int", ["int", "ulong", "void *"]);

export class Tap {
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(frameBytesMax);

  /** Of an interface in this process's network namespace. */
  constructor(name: string) {
    if (name.length > nameBytesMax) throw new Error(`${name} is too long for the name of an interface`);
    this.#descriptor = openSync("/dev/net/tun", constants.O_RDWR | constants.O_NONBLOCK);
    const request = Buffer.alloc(requestBytes);
    request.write(name, "latin1");
    request.writeUInt16LE(tapWithoutHeader, 16);
    if (ioctl(this.#descriptor, setInterface, request) !== 0) throw new Error(`${name} cannot be opened as a tap`);
  }

  /** The next frame; undefined while there is none. */
  read(): Uint8Array | undefined {
    try {
      const length = readSync(this.#descriptor, this.#buffer);
      return Uint8Array.prototype.slice.call(this.#buffer, 0, length);
    } catch (failure) {
      if (failure instanceof Error && "code" in failure && failure.code === "EAGAIN") return undefined;
      throw failure;
    }
  }

  write(frame: Uint8Array): void {
    writeSync(this.#descriptor, frame);
  }
}
