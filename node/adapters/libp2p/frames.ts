/**
 * Frames with a length in front, on a libp2p stream, bounded in both directions.
 *
 * libp2p's own `for await` over a stream is a queue without end, and its flow control gives new
 * credit when bytes arrive, not when they are read (LIBP2P f). Both sides of our protocols take
 * turns, so more than one frame waiting to be read means that the other side breaks the rules.
 */

import type { Stream, StreamMessageEvent } from "@libp2p/interface";
import { decode, encode } from "it-length-prefixed";
import { pipe } from "it-pipe";
import type { Uint8ArrayList } from "uint8arraylist";

/** Room for the length in front and for what comes before its turn. */
const queueSlackBytes = 1_024;

/** @throws an "InvalidDataLengthError" as soon as a length above the limit is announced */
export function framesOf(stream: Stream, frameBytesMax: number): AsyncGenerator<Uint8ArrayList, void> {
  return pipe(bytesOf(stream, frameBytesMax + queueSlackBytes), (source) =>
    decode(source, { maxDataLength: frameBytesMax }),
  );
}

/** Resolves once the connection has taken the whole frame. */
export async function sendFrame(stream: Stream, frame: Uint8Array | Uint8ArrayList): Promise<void> {
  stream.send(encode.single(frame));
  if (stream.writeBufferLength > 0) await idle(stream);
}

/** Not the `Buffer` that libp2p often has in hand: its `slice` shares what a Uint8Array's copies. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === "InvalidDataLengthError";
}

async function* bytesOf(stream: Stream, queuedBytesMax: number): AsyncGenerator<Uint8Array | Uint8ArrayList, void> {
  const queue: (Uint8Array | Uint8ArrayList)[] = [];
  let queuedBytes = 0;
  let wake = (): void => undefined;
  const onMessage = (event: StreamMessageEvent): void => {
    queue.push(event.data);
    queuedBytes += event.data.byteLength;
    if (queuedBytes > queuedBytesMax) {
      const error = new Error(`${queuedBytes} bytes wait to be read, ${queuedBytesMax} at most may`);
      // The stream is still busy with handing out this message.
      queueMicrotask(() => stream.abort(error));
    }
    wake();
  };
  const onEnd = (): void => wake();
  stream.addEventListener("message", onMessage);
  stream.addEventListener("end", onEnd);
  stream.addEventListener("close", onEnd);
  try {
    for (;;) {
      const next = queue.shift();
      if (next !== undefined) {
        queuedBytes -= next.byteLength;
        yield next;
      } else if (stream.status === "aborted" || stream.status === "reset") {
        throw new Error(`the stream was ${stream.status}`);
      } else if (stream.readableEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stream.removeEventListener("message", onMessage);
    stream.removeEventListener("end", onEnd);
    stream.removeEventListener("close", onEnd);
  }
}

/**
 * `stream.onDrain()` would do if it worked twice: in @libp2p/utils 7.4.1 its promise is never
 * renewed, so a second wait ends at once.
 */
function idle(stream: Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      stream.removeEventListener("idle", settle);
      stream.removeEventListener("close", settle);
      if (stream.status === "aborted" || stream.status === "reset")
        reject(new Error(`the stream was ${stream.status}`));
      else resolve();
    };
    stream.addEventListener("idle", settle);
    stream.addEventListener("close", settle);
  });
}
