import { type SqlBool, sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { publishChange, type WorkspaceContext } from "../context.ts";
import type { Scan } from "../files/scan-tree.ts";
import { lockOwn } from "../queries.ts";
import type { CurrentDetails, WorkspaceRow } from "../tables.ts";
import { withNames } from "./shown-names.ts";

/** Changes come in bursts: one scan for all within this time. */
const DEBOUNCE_MS = 300;
/** Another process's changes, and what a killed one left. */
const POLL_MS = 5_000;
const LEASE_SECONDS = 300;
/** After a first failure that this process outlived: what failed (a busy machine, a restart) may be over at once. */
const SOON_SECONDS = 10;
/** Sessions write without telling us: how often it is asked what became of their workspaces. */
const ASK_MS = 60_000;
/** Every so many times all of them are; the others only where nothing was found yet, as in a new workspace. */
const ALL_EVERY = 5;
/** Of those in which nothing was found yet. */
const EMPTY_AT_ONCE = 20;
const MOST_BYTES = Number.MAX_SAFE_INTEGER;
/** Milliseconds: longer than a scan's own bound. One that does not keep to it must not hold up all others. */
const SCAN_WITHIN_MS = 150_000;
/** Each failure doubles the time until the next attempt: at most by this power of two, about four days. */
const MOST_DOUBLINGS = 10;

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
  let dueAt = Number.POSITIVE_INFINITY;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = true;

  // A later wish never puts off an earlier one: under constant change nothing would be scanned.
  const schedule = (after: number) => {
    const at = performance.now() + after;
    if (stopped || running || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(round, after).unref();
  };
  const round = () => {
    dueAt = Number.POSITIVE_INFINITY;
    again = false;
    running = drain(context)
      .then(() => undefined)
      .catch((error: unknown) => context.log.warn({ err: error }, "a workspace's details could not be refreshed"))
      .finally(() => {
        running = null;
        schedule(again ? DEBOUNCE_MS : POLL_MS);
      });
  };
  const wake = () => {
    again = true;
    schedule(DEBOUNCE_MS);
  };
  let asked = 0;
  let asking: NodeJS.Timeout | undefined;
  const ask = () => {
    asked += 1;
    wantActive(context, asked % ALL_EVERY === 0)
      .then((wanted) => wanted > 0 && wake())
      .catch((error: unknown) => context.log.warn({ err: error }, "what sessions write could not be asked for"));
  };
  return {
    wake,
    start() {
      stopped = false;
      schedule(DEBOUNCE_MS);
      asking = setInterval(ask, ASK_MS).unref();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(asking);
      await running;
    },
    drain: () => drain(context),
  };
}

/**
 * Wants those scanned in which sessions run. @param all not only those in which nothing was found yet
 * @returns how many. Those that are due anyway are left alone: of one that takes long the next scan must not be wanted meanwhile.
 */
async function wantActive(context: WorkspaceContext, all: boolean): Promise<number> {
  const isUsed = sql<SqlBool>`status = 'active' and deleted_at is null and scan_done >= scan_wanted`;
  let due = context.db.selectFrom("workspaces").select("id").where(isUsed);
  // Of hundreds in which nobody writes a few have their turn: the others come with all.
  if (!all) due = due.where("disk_space", "=", 0).orderBy(sql`random()`).limit(EMPTY_AT_ONCE);
  // Every server asks: locked in one order, whichever it found first.
  const inOrder = context.db.selectFrom("workspaces").select("id").where("id", "in", due).orderBy("id");
  const wanted = await context.db
    .updateTable("workspaces")
    .set({ scan_wanted: sql<number>`scan_wanted + 1` })
    .where("id", "in", inOrder.forNoKeyUpdate())
    .where(isUsed)
    .executeTakeFirst();
  return Number(wanted.numUpdatedRows);
}

async function drain(context: WorkspaceContext): Promise<number> {
  let count = 0;
  for (let row = await claim(context); row !== null; row = await claim(context)) {
    // Its lease keeps it from being taken again at once; the others have their turn.
    await refresh(context, row).catch(async (error: unknown) => {
      const { id, scan_failures: failures } = row;
      context.log.warn({ err: error, workspace: id, failures }, "a workspace's details could not be refreshed");
      if (failures === 1) await tryAgainSoon(context, id);
    });
    count += 1;
  }
  return count;
}

function tryAgainSoon(context: WorkspaceContext, id: number): Promise<unknown> {
  const lease = sql<Date>`now() + make_interval(secs => ${SOON_SECONDS})`;
  return context.db.updateTable("workspaces").set({ scan_lease_until: lease }).where("id", "=", id).execute();
}

/**
 * Takes one that is due and that no other process has taken. It counts as failed until it is done: one that
 * ends the whole server is put off as well, longer each time.
 */
async function claim(context: WorkspaceContext): Promise<WorkspaceRow | null> {
  const row = await context.db
    .updateTable("workspaces")
    .set({
      scan_failures: sql<number>`scan_failures + 1`,
      scan_lease_until: sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS} * 2 ^ least(scan_failures, ${MOST_DOUBLINGS}))`,
    })
    .where("id", "=", (query) =>
      query
        .selectFrom("workspaces")
        .select("id")
        .whereRef("scan_done", "<", "scan_wanted")
        .where("deleted_at", "is", null)
        .where((where) =>
          where.or([where("scan_lease_until", "is", null), where("scan_lease_until", "<", sql<Date>`now()`)]),
        )
        // What people have changed, before what sessions may have, before what was only taken over from elsewhere.
        .orderBy(sql`scan_done = 0`)
        .orderBy(sql`status = 'active'`)
        .orderBy("scan_failures")
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
    context.log.warn({ workspace: row.id }, "a workspace has too many files: its size is that of the first ones");
  }
  if (scan && scan.skipped > 0) {
    context.log.info(
      { workspace: row.id, folders: scan.skipped },
      "folders too deep to be looked into are not counted",
    );
  }
  await context.db.transaction().execute(async (trx) => {
    const now = await lockOwn(trx, row.owner_id, row.id);
    if (now === null) return;
    const details = JSON.stringify(scan ? withNamesSince(scan.details, row, now) : now.current_details);
    // Files with holes may add up to more than any disk has, and than we can read again.
    const bytes = Math.min(scan?.bytes ?? now.disk_space, MOST_BYTES);
    await trx
      .updateTable("workspaces")
      .set({
        scan_done: row.scan_wanted,
        scan_failures: 0,
        scan_lease_until: null,
        current_details: details,
        disk_space: bytes,
      })
      .where("id", "=", row.id)
      .execute();
    const changed = bytes !== now.disk_space || details !== JSON.stringify(now.current_details);
    if (changed) await publishChange(context, trx, row, "scanned");
  });
}

/** A file that came while we looked may have been missed: its name stays until the scan that it asked for. */
function withNamesSince(found: CurrentDetails, before: WorkspaceRow, now: WorkspaceRow): CurrentDetails {
  const old = new Set(before.current_details.files.map(({ name }) => name));
  const since = now.current_details.files.map(({ name }) => name).filter((name) => !old.has(name));
  // With what it found held to the bounds, too: these lists go to whoever the workspace is shared with.
  return withNames(found, since);
}

/** A workspace on its way to the trash has no folder to look at. */
async function scanIfThere(context: WorkspaceContext, row: WorkspaceRow): Promise<Scan | null> {
  const signal = AbortSignal.timeout(SCAN_WITHIN_MS);
  try {
    return await context.files.run(row.owner_id, "scanWorkspace", { workspace: row.id }, { signal });
  } catch (error) {
    if (error instanceof StoaError && error.code !== "unavailable") return null;
    throw error;
  }
}
