/**
 * What stands on simulated machines, in a form that can be compared: contents by a short name.
 *
 * A fake disk never changes a content in place, so the name of a content is worked out once for
 * each array that ever stood there.
 */

import { toHex } from "../../protocol/ids.ts";
import { rootOfChunks } from "../../protocol/content/manifest-builder.ts";
import { cutChunks } from "../../protocol/content/cut.ts";
import { sha256 } from "../../protocol/sha256.ts";
import type { FakeUser, TreeItem } from "../world/user.ts";

/** Names a content of a file: equal bytes, equal names. */
export type ContentName = string;

export const emptyContent: ContentName = nameContent(new Uint8Array(0));

export class ContentNames {
  readonly #names = new WeakMap<Uint8Array, ContentName>();
  readonly #roots = new Map<ContentName, string>();
  /** Each content that ever stood somewhere. */
  readonly #contents = new Map<ContentName, Uint8Array>();

  nameOf(content: Uint8Array): ContentName {
    let name = this.#names.get(content);
    if (name === undefined) {
      name = nameContent(content);
      this.#names.set(content, name);
      this.#contents.set(name, content);
    }
    return name;
  }

  /** What the mesh calls it (FORMATS 12). */
  rootOf(content: Uint8Array): string {
    const name = this.nameOf(content);
    let root = this.#roots.get(name);
    if (root === undefined) {
      root = rootOfChunks(cutChunks(content, true).chunks);
      this.#roots.set(name, root);
    }
    return root;
  }

  /** @returns undefined when no content of that root ever stood anywhere */
  nameOfRoot(root: string): ContentName | undefined {
    return [...this.#contents].find(([, content]) => this.rootOf(content) === root)?.[0];
  }

  /** By path, the files of a tree. */
  filesOf(tree: ReadonlyMap<string, TreeItem>): ReadonlyMap<string, StandingFile> {
    const files = new Map<string, StandingFile>();
    for (const [path, item] of tree) {
      if (item.kind === "file") files.set(path, { content: this.nameOf(item.content), mode: item.mode });
    }
    return files;
  }

  /**
   * Everything in a folder's root, the peer's own directory included: what could still be found.
   * @param leftOut a directory that does not count
   */
  everywhere(user: FakeUser, leftOut?: string): ReadonlySet<ContentName> {
    return new Set(this.pathsEverywhere(user, leftOut).values());
  }

  /** The same by path. */
  pathsEverywhere(user: FakeUser, leftOut?: string): ReadonlyMap<string, ContentName> {
    const found = new Map<string, ContentName>();
    const collect = (directory: string): void => {
      for (const name of user.names(directory)) {
        const path = directory === "" ? name : `${directory}/${name}`;
        const content = user.read(path);
        if (content !== undefined) found.set(path, this.nameOf(content));
        else if (path !== leftOut && isDirectory(user, path)) collect(path);
      }
    };
    collect("");
    return found;
  }
}

export interface StandingFile {
  readonly content: ContentName;
  readonly mode: number;
}

/** For people: how a content begins. */
export function sampleOf(content: Uint8Array): string {
  const text = Buffer.from(content.subarray(0, 24))
    .toString("latin1")
    .replaceAll(/[^ -~]/g, ".");
  return content.length > 24 ? `${text}... (${content.length} bytes)` : `"${text}"`;
}

function nameContent(content: Uint8Array): ContentName {
  return toHex(sha256(content)).slice(0, 24);
}

function isDirectory(user: FakeUser, path: string): boolean {
  try {
    user.names(path);
    return true;
  } catch {
    return false;
  }
}
