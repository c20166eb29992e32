import { rename } from "node:fs/promises";
import type { OperationKind } from "../platform/operations/contract.ts";
import type { WorkspaceContext } from "./context.ts";
import { type OpenFolder, walk } from "./files/descriptor-walk.ts";
import { type EntryName, readName } from "./files/entry-names.ts";
import { isSystemError } from "./files/file-errors.ts";
import { removeTree } from "./files/remove-tree.ts";
import { purgeTrash } from "./trash/purge.ts";
import { settleTrash } from "./trash/settle.ts";

export const TIDY_KIND = "workspaces.tidy";
/** No request lasts longer: what is older belongs to nobody. */
const STALE_MINUTES = 24 * 60;
/** A creation gives its folder a name moments before its row is committed. */
const UNCLAIMED_MINUTES = 15;
/** Leftovers beyond what is cleared in this time wait for the tidying. */
const START_MS = 30_000;

/** What this node's last server left when it was killed; run before it serves, which nothing here may prevent. */
export async function clearLeftovers(context: WorkspaceContext): Promise<void> {
  const { stagingMark } = context.directories;
  const attempt = (work: Promise<number>) =>
    work.catch((error: unknown) => {
      context.log.error({ err: error }, "what a killed server left half-done could not be cleared; left for later");
      return 0;
    });
  const signal = AbortSignal.timeout(START_MS);
  const staged = await attempt(sweepStaging(context, (name) => name.startsWith(stagingMark), { signal }));
  const moves = await attempt(settleTrash(context, { ofNode: context.config.nodeId }));
  if (staged + moves > 0) context.log.info({ staged, moves }, "cleared what a killed server left half-done");
}

/** Hourly, once in the cluster: ends old trash, settles other nodes' leftovers, sets unclaimed folders aside. */
export function tidyKind(context: WorkspaceContext): OperationKind {
  return {
    kind: TIDY_KIND,
    attempts: 2,
    heartbeatSeconds: 60,
    expireSeconds: 3_000,
    concurrency: 1,
    exclusive: true,
    async run({ signal }) {
      const moves = await settleTrash(context, { olderThanMinutes: UNCLAIMED_MINUTES, signal });
      const staged = await sweepStaging(context, () => true, { olderThanMinutes: STALE_MINUTES, signal });
      const unclaimed = await setUnclaimedAside(context);
      const purged = await purgeTrash(context, signal);
      return { moves, staged, unclaimed, purged };
    },
  };
}

/** Removes staged leftovers, all that can be removed. Returns how many. */
async function sweepStaging(
  context: WorkspaceContext,
  isOurs: (name: string) => boolean,
  { olderThanMinutes = 0, signal }: { olderThanMinutes?: number; signal: AbortSignal },
): Promise<number> {
  let count = 0;
  await eachAccount(context, async (account) => {
    if ((await account.stat(".staging")) === null) return;
    await using staging = await walk(account, [".staging"]);
    for await (const { name } of await staging.items()) {
      if (signal.aborted) break;
      if (!isOurs(name.toString()) || (await minutesOld(staging, name)) < olderThanMinutes) continue;
      const removed = await removeTree(staging, name, signal).then(
        () => true,
        (error: unknown) => context.log.error({ err: error, name: readName(name).text }, "a leftover stays"),
      );
      if (removed) count += 1;
    }
  });
  return count;
}

/**
 * Folders without a row: of a creation killed before its commit, or of another database. Never deleted by
 * us; put out of the way of ids to come, for the operator to look at.
 */
async function setUnclaimedAside(context: WorkspaceContext): Promise<number> {
  let count = 0;
  await eachAccount(context, async (account) => {
    for (const name of await unclaimedIn(context, account)) {
      if ((await minutesOld(account, name)) < UNCLAIMED_MINUTES) continue;
      await rename(account.at(name), account.at(`.unclaimed-${name}-${Date.now()}`));
      context.log.warn({ folder: name }, "set a folder aside that belongs to no workspace");
      count += 1;
    }
  });
  return count;
}

async function unclaimedIn(context: WorkspaceContext, account: OpenFolder): Promise<string[]> {
  const names = (await account.entries()).map(({ name }) => name).filter((name) => /^[1-9]\d{0,15}$/.test(name));
  if (names.length === 0) return [];
  const rows = await context.db.selectFrom("workspaces").select("id").where("id", "in", names.map(Number)).execute();
  const known = new Set(rows.map(({ id }) => String(id)));
  return names.filter((name) => !known.has(name));
}

/** One account's broken folder keeps no other from its turn. */
async function eachAccount(context: WorkspaceContext, work: (account: OpenFolder) => Promise<void>): Promise<void> {
  const { workspaces: root, trash } = await context.directories.openRoots();
  await trash[Symbol.asyncDispose]();
  await using workspaces = root;
  for (const { name } of await workspaces.entries()) {
    if (!/^[1-9]\d*$/.test(name)) continue;
    try {
      await using account = await workspaces.folder(name);
      await work(account);
    } catch (error) {
      if (!isSystemError(error, "ENOENT", "ENOTDIR"))
        context.log.error({ err: error, account: name }, "an account's folder could not be tidied");
    }
  }
}

async function minutesOld(folder: OpenFolder, name: EntryName): Promise<number> {
  const stats = await folder.stat(name);
  return stats === null ? 0 : (Date.now() - stats.ctimeMs) / 60_000;
}
