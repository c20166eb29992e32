import { sql } from "kysely";
import type { OperationKind } from "../platform/operations/contract.ts";
import type { WorkspaceContext } from "./context.ts";
import type { StaleQuestion } from "./files/tidy-commands.ts";
import { purgeTrash } from "./trash/purge.ts";
import { settleTrash } from "./trash/settle.ts";

export const TIDY_KIND = "workspaces.tidy";
/** No request lasts longer: what is older belongs to nobody. */
const STALE_MINUTES = 24 * 60;
/** A creation gives its folder a name moments before its row is committed. */
const UNCLAIMED_MINUTES = 15;
/** Milliseconds for one account's leftovers: the rest waits for the next tidying. */
const EACH_MS = 60_000;
/** Leftovers beyond what is cleared in this time wait for the tidying. */
const START_MS = 30_000;
/** Longer than any leftover waits for its end, and than a server is down. */
const LATELY_MS = 14 * 24 * 3_600_000;

/** What this node's last server left when it was killed; run before it serves, which nothing here may prevent. */
export async function clearLeftovers(context: WorkspaceContext): Promise<void> {
  const { stagingMark } = context.directories;
  const attempt = (work: Promise<number>) =>
    work.catch((error: unknown) => {
      context.log.error({ err: error }, "what a killed server left half-done could not be cleared; left for later");
      return 0;
    });
  const signal = AbortSignal.timeout(START_MS);
  const staged = await attempt(sweepStaging(context, { mark: stagingMark, olderThanMinutes: 0 }, signal));
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
      const uploadsOlderThanMinutes = STALE_MINUTES + context.config.limits.uploadIdleSeconds / 60;
      const stale = { mark: "", olderThanMinutes: STALE_MINUTES, uploadsOlderThanMinutes };
      const staged = await sweepStaging(context, stale, signal);
      const unclaimed = await setUnclaimedAside(context, signal);
      const purged = await purgeTrash(context, signal);
      return { moves, staged, unclaimed, purged };
    },
  };
}

/** Removes staged leftovers, all that can be removed. Returns how many. */
async function sweepStaging(context: WorkspaceContext, which: StaleQuestion, signal: AbortSignal): Promise<number> {
  let count = 0;
  await eachAccount(context, signal, async (accountId) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(EACH_MS)]);
    const { removed, stuck } = await context.files.run(accountId, "sweepStaging", which, { signal: bounded });
    if (stuck.length > 0) context.log.error({ account: accountId, names: stuck }, "leftovers stay");
    count += removed;
  });
  return count;
}

/**
 * Folders without a row: of a creation killed before its commit, or of another database. Never deleted by
 * us; put out of the way of ids to come, for the operator to look at.
 */
async function setUnclaimedAside(context: WorkspaceContext, signal: AbortSignal): Promise<number> {
  let count = 0;
  await eachAccount(context, signal, async (accountId) => {
    const old = await context.files.run(accountId, "listWorkspaces", { olderThanMinutes: UNCLAIMED_MINUTES });
    for (const workspace of await withoutRow(context, old)) {
      const { name } = await context.files.run(accountId, "setAside", { workspace });
      context.log.warn({ folder: workspace, name }, "set a folder aside that belongs to no workspace");
      count += 1;
    }
  });
  return count;
}

async function withoutRow(context: WorkspaceContext, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await context.db.selectFrom("workspaces").select("id").where("id", "in", ids).execute();
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

/** One account's broken folder keeps no other from its turn. */
async function eachAccount(
  context: WorkspaceContext,
  signal: AbortSignal,
  work: (accountId: number) => Promise<void>,
): Promise<void> {
  // Where each account's turn starts a process, only those come up that something was done in lately.
  const since = context.files.asPerson ? new Date(Date.now() - LATELY_MS) : new Date(0);
  const accounts = new Set(await context.directories.accounts(since));
  if (context.files.asPerson) for (const accountId of await workedLately(context, since)) accounts.add(accountId);
  for (const accountId of accounts) {
    if (signal.aborted) return;
    await work(accountId).catch((error: unknown) => {
      context.log.error({ err: error, account: accountId }, "an account's folder could not be tidied");
    });
  }
}

/** By what is written of them: into people's storage, where their folders may lie, nobody but they can look. */
async function workedLately({ db }: WorkspaceContext, since: Date): Promise<number[]> {
  const { rows } = await sql<{ owner_id: number }>`
    select owner_id from workspaces where modified_at >= ${since} or created_at >= ${since}
    union select owner_id from trash_entries where changed_at >= ${since}
    union select owner_id from uploads where changed_at >= ${since}`.execute(db);
  return rows.map((row) => row.owner_id);
}
