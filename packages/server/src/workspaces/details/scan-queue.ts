import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { publishChange, type WorkspaceContext } from "../context.ts";
import type { WorkspaceRow } from "../tables.ts";
import { type Scan, scanWorkspace } from "./scan-workspace.ts";

/** Changes come in bursts: one scan for all within this time. */
const DEBOUNCE_MS = 300;
/** Another process's changes, and what a killed one left. */
const POLL_MS = 5_000;
const LEASE_SECONDS = 300;

export interface ScanQueue {
  /** A change was committed, or soon will be. Never waits. */
  wake(): void;
  start(): void;
  /** Lets the scan that runs finish. */
  stop(): Promise<void>;
  /** Scans all that is due now; for tests and for the loop itself. Returns how many. */
  drain(): Promise<number>;
}

/** Keeps `current_workspace_details` and `disk_space` true in the background, one workspace at a time. */
export function createScanQueue(context: WorkspaceContext): ScanQueue {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let stopped = true;

  const schedule = (after: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(round, after).unref();
  };
  const round = () => {
    running ??= drain(context)
      .then(() => undefined)
      .catch((error: unknown) => context.log.warn({ err: error }, "a workspace's details could not be refreshed"))
      .finally(() => {
        running = null;
        schedule(POLL_MS);
      });
  };
  return {
    wake: () => schedule(DEBOUNCE_MS),
    start() {
      stopped = false;
      schedule(DEBOUNCE_MS);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
    drain: () => drain(context),
  };
}

async function drain(context: WorkspaceContext): Promise<number> {
  let count = 0;
  for (let row = await claim(context); row !== null; row = await claim(context)) {
    await refresh(context, row);
    count += 1;
  }
  return count;
}

/** Takes one that is due and that no other process has taken. */
async function claim(context: WorkspaceContext): Promise<WorkspaceRow | null> {
  const row = await context.db
    .updateTable("workspaces")
    .set({ scan_lease_until: sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})` })
    .where("id", "=", (query) =>
      query
        .selectFrom("workspaces")
        .select("id")
        .whereRef("scan_done", "<", "scan_wanted")
        .where("deleted_at", "is", null)
        .where((where) =>
          where.or([where("scan_lease_until", "is", null), where("scan_lease_until", "<", sql<Date>`now()`)]),
        )
        .orderBy("id")
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

async function refresh(context: WorkspaceContext, row: WorkspaceRow): Promise<void> {
  const scan = await scanIfThere(context, row);
  if (scan && !scan.complete) {
    context.log.warn({ workspace: row.id }, "a workspace has too many files: its size is that of the first million");
  }
  await context.db.transaction().execute(async (trx) => {
    const details = JSON.stringify(scan?.details ?? row.current_details);
    const bytes = scan?.bytes ?? row.disk_space;
    const changed = bytes !== row.disk_space || details !== JSON.stringify(row.current_details);
    await trx
      .updateTable("workspaces")
      .set({
        scan_done: row.scan_wanted,
        scan_lease_until: null,
        // A write that came after the scan began has merged its names: the next scan looks again.
        ...(changed ? { disk_space: bytes } : {}),
      })
      .where("id", "=", row.id)
      .execute();
    if (!changed) return;
    await trx
      .updateTable("workspaces")
      .set({ current_details: details })
      .where("id", "=", row.id)
      .whereRef("scan_done", "=", "scan_wanted")
      .execute();
    await publishChange(context, trx, row, "scanned");
  });
}

/** A workspace on its way to the trash has no folder to look at. */
async function scanIfThere(context: WorkspaceContext, row: WorkspaceRow): Promise<Scan | null> {
  try {
    await using root = await context.directories.openWorkspace(row.owner_id, row.id);
    return await scanWorkspace(root);
  } catch (error) {
    if (error instanceof StoaError) return null;
    throw error;
  }
}
