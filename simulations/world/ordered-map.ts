/** A map whose keys are bytes in order, as blocks of sorted keys: fast enough for 100,000 rows. */

interface Block {
  readonly keys: string[];
  readonly values: Uint8Array[];
}

const blockKeysMax = 512;

export class OrderedMap {
  /** In order, none empty. Keys are strings of one character for each byte, which sort like the bytes. */
  #blocks: Block[] = [];

  /** Values are shared: nobody changes them in place. */
  copy(): OrderedMap {
    const copy = new OrderedMap();
    copy.#blocks = this.#blocks.map(({ keys, values }) => ({ keys: [...keys], values: [...values] }));
    return copy;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const name = nameOf(key);
    const block = this.#blocks[this.#blockOf(name)];
    if (block === undefined) return undefined;
    const at = placeOf(block.keys, name);
    return block.keys[at] === name ? block.values[at] : undefined;
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const name = nameOf(key);
    const index = this.#blockOf(name);
    const block = this.#blocks[index];
    if (block === undefined) {
      this.#blocks.push({ keys: [name], values: [value] });
      return;
    }
    const at = placeOf(block.keys, name);
    if (block.keys[at] === name) {
      block.values[at] = value;
      return;
    }
    block.keys.splice(at, 0, name);
    block.values.splice(at, 0, value);
    if (block.keys.length > blockKeysMax) {
      const half = blockKeysMax / 2;
      this.#blocks.splice(index + 1, 0, { keys: block.keys.splice(half), values: block.values.splice(half) });
    }
  }

  delete(key: Uint8Array): void {
    const name = nameOf(key);
    const index = this.#blockOf(name);
    const block = this.#blocks[index];
    if (block === undefined) return;
    const at = placeOf(block.keys, name);
    if (block.keys[at] !== name) return;
    block.keys.splice(at, 1);
    block.values.splice(at, 1);
    if (block.keys.length === 0) this.#blocks.splice(index, 1);
  }

  /** The rows from `from`, included, up to `to`, not included, in order, at most `limit` of them. */
  range(from: Uint8Array, to: Uint8Array, limit: number): readonly (readonly [key: Uint8Array, value: Uint8Array])[] {
    const rows: (readonly [Uint8Array, Uint8Array])[] = [];
    const start = nameOf(from);
    const end = nameOf(to);
    for (let index = this.#blockOf(start); index < this.#blocks.length; index += 1) {
      const { keys, values } = this.#blocks[index] ?? { keys: [], values: [] };
      for (let at = placeOf(keys, start); at < keys.length; at += 1) {
        const key = keys[at];
        const value = values[at];
        if (key === undefined || value === undefined || key >= end || rows.length >= limit) return rows;
        rows.push([Uint8Array.from(Buffer.from(key, "latin1")), value]);
      }
    }
    return rows;
  }

  /** The block that has the key, or would have it. */
  #blockOf(name: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#blocks[middle]?.keys[0] ?? "") <= name) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Where the key is, or would be. */
function placeOf(keys: readonly string[], name: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
