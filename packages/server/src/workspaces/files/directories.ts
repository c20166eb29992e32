import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { OpenFolder, walkMaking } from "./descriptor-walk.ts";

/** Passed through on the way to one's own, never listed. */
const PASSAGE = 0o711;
const PRIVATE = 0o700;
export const WORKSPACE_MODE = 0o700;
export const STAGING = ".staging";

/**
 * Where workspaces, what is on its way into them, and what was deleted from them lie in the data directory:
 * all in one file system, so that a rename is all it takes.
 *
 *     workspaces/<account>/<workspace>/   what people see
 *     workspaces/<account>/.staging/      what is not whole yet; names begin with this server's mark
 *     trash/<account>/<entry>/<name>
 */
export interface Directories {
  /** Absolute; what a session gets as its folder. */
  workspacePath(ownerId: number, workspaceId: number): string;
  /** The account's folder, made when absent: workspaces are its entries. */
  openAccount(ownerId: number): Promise<OpenFolder>;
  /** The account's trash, made when absent: entries' folders are named by their id. */
  openTrash(ownerId: number): Promise<OpenFolder>;
  /** Who has a folder that something was made, staged or removed in since then. */
  accounts(since: Date): Promise<number[]>;
  /** Begins the names that this node's server stages, and tells its leftovers from others' work. */
  readonly stagingMark: string;
}

/** @param nodeId the same at every start of this server */
export function createDirectories(dataDir: string, nodeId: string): Directories {
  const workspaces = path.join(dataDir, "workspaces");
  const trash = path.join(dataDir, "trash");
  const inside = async (root: string, mode: number, names: readonly string[], innerMode: number) => {
    await using folder = await openRoot(root, mode);
    return await walkMaking(folder, names, innerMode);
  };
  return {
    stagingMark: createHash("sha256").update(nodeId).digest("hex").slice(0, 12),
    workspacePath: (ownerId, workspaceId) => path.join(workspaces, String(ownerId), String(workspaceId)),
    openAccount: (ownerId) => inside(workspaces, PASSAGE, [String(ownerId)], PASSAGE),
    openTrash: (ownerId) => inside(trash, PRIVATE, [String(ownerId)], PRIVATE),
    async accounts(since) {
      await using root = await openRoot(workspaces, PASSAGE);
      const names = (await root.entries()).map(({ name }) => name).filter((name) => /^[1-9]\d{0,14}$/.test(name));
      const found: number[] = [];
      for (const name of names) if (await changedSince(root, name, since)) found.push(Number(name));
      return found;
    },
  };
}

/** By the times of the account's folder and of its staging folder, which its names alone tell: neither is opened. */
async function changedSince(root: OpenFolder, name: string, since: Date): Promise<boolean> {
  for (const folder of [name, `${name}/${STAGING}`]) {
    const stats = await root.stat(folder).catch(() => null);
    if (stats !== null && stats.mtime >= since) return true;
  }
  return false;
}

/** The data directory is the operator's: it may be reached by links of their making. */
async function openRoot(root: string, mode: number): Promise<OpenFolder> {
  await mkdir(root, { recursive: true, mode });
  return OpenFolder.trusted(root);
}
