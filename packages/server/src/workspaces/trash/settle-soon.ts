import { setTimeout as delay } from "node:timers/promises";
import type { WorkspaceContext } from "../context.ts";
import type { TrashRow } from "../tables.ts";
import { settle } from "./settle.ts";

/** Milliseconds between attempts. After the last the hourly tidying sees to it, or the next start. */
const WAITS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000];
const EACH_MS = 60_000;

/**
 * The database went away in the middle of a move to the trash or back, which has ended, and nobody knows how. Until the
 * row says where the thing is, its owner would see it nowhere: so that is found out as soon as the database is back.
 */
export function settleSoon(context: WorkspaceContext, entry: Pick<TrashRow, "id" | "owner_id">): void {
  void attempt(context, entry).catch((error: unknown) => {
    context.log.warn({ err: error, entry: entry.id }, "a cut move to or from the trash is left to the next settling");
  });
}

async function attempt(context: WorkspaceContext, { id, owner_id }: Pick<TrashRow, "id" | "owner_id">): Promise<void> {
  let failure: unknown;
  for (const ms of WAITS) {
    await delay(ms, undefined, { ref: false });
    try {
      const entry = await context.db
        .selectFrom("trash_entries")
        .selectAll()
        .where("id", "=", id)
        .where("owner_id", "=", owner_id)
        .where("state", "in", ["moving", "restoring"])
        .executeTakeFirst();
      if (entry) await settle(context, entry, AbortSignal.timeout(EACH_MS));
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
