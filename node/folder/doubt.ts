/**
 * Doubt in what is held: others say that it is not what it is called.
 *
 * A file may have been read wrongly when it was hashed, and then its content has a name that nobody
 * can ever match; or its bytes have rotted since. Its stat tells neither. So the file is read once
 * more, and what it holds by now goes out as a change like any other.
 */

import type { EntryPath } from "../../protocol/folder/path.ts";
import type { Store } from "../ports.ts";
import type { Folder } from "./folder.ts";

export function doubt(folder: Folder, store: Store, path: EntryPath): Promise<void> {
  return folder.lock.run(async () => {
    const { index, replica } = folder;
    const held = await index.held(path);
    if (held === undefined || !held.trusted) return;
    await replica.exclusive(async () => {
      const rows = await index.rowsFor([{ path, after: { ...held, trusted: false } }], []);
      await store.write(rows, { durable: false });
    });
    folder.lookAt(path);
  });
}
