import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { WorkspacesDb } from "../tables.ts";
import type { UploadRow } from "./tables.ts";

/** A writer that says nothing for so long is taken for dead. */
const LEASE_SECONDS = 30;
const RENEW_MS = 8_000;

/** The right to write to one upload, which one request at a time has, in the whole cluster. */
export interface WriterLease {
  /** As it was when the lease was taken. */
  readonly row: UploadRow;
  /** Aborted when it was lost: to a database that was away, or to whoever took us for dead. */
  readonly signal: AbortSignal;
  /** @param received what the disk has now, bytes; null: not known */
  release(received: number | null, idleSeconds: number): Promise<void>;
}

/** @throws StoaError locked (another request writes), gone (the upload ended) */
export async function takeWriter(db: WorkspacesDb, id: string): Promise<WriterLease> {
  const writer = randomUUID();
  const row = await db
    .updateTable("uploads")
    .set({ writer, writer_until: soon() })
    .where("id", "=", id)
    .where("state", "in", ["receiving", "placing"])
    .where((where) => where.or([where("writer", "is", null), where("writer_until", "<", sql<Date>`now()`)]))
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw await whyNot(db, id);
  const lost = new AbortController();
  const renew = async () => {
    const { numUpdatedRows } = await db
      .updateTable("uploads")
      .set({ writer_until: soon() })
      .where("id", "=", id)
      .where("writer", "=", writer)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) lost.abort(lostError());
  };
  let failures = 0;
  const timer = setInterval(() => {
    renew().then(
      () => {
        failures = 0;
      },
      () => {
        failures += 1;
        if (failures * RENEW_MS >= LEASE_SECONDS * 1_000 - RENEW_MS) lost.abort(lostError());
      },
    );
  }, RENEW_MS);
  timer.unref();
  return {
    row,
    signal: lost.signal,
    async release(received, idleSeconds) {
      clearInterval(timer);
      await db
        .updateTable("uploads")
        .set({
          writer: null,
          writer_until: null,
          // When its placing began is kept: a later try replaces nothing that was edited since.
          changed_at: sql<Date>`case when state = 'placing' then changed_at else now() end`,
          expires_at: new Date(Date.now() + idleSeconds * 1_000),
          ...(received === null ? {} : { received }),
        })
        .where("id", "=", id)
        .where("writer", "=", writer)
        .execute();
    },
  };
}

function soon() {
  return sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})`;
}

function lostError(): StoaError {
  return new StoaError("unavailable", { details: { what: "The upload" } });
}

async function whyNot(db: WorkspacesDb, id: string): Promise<StoaError> {
  const row = await db.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return new StoaError("not_found", { details: { what: "upload" } });
  if (row.state === "failed") return ended(row);
  if (row.state === "done") {
    return new StoaError("conflict", { details: { problem: "The upload is complete. Begin a new one" } });
  }
  const problem = "Another request is writing to this upload. Wait for its end, or some seconds if it was cut off";
  return new StoaError("locked", { details: { problem, seconds: 5 } });
}

/** Why there is nothing to go on with. */
export function ended(row: Pick<UploadRow, "problem">): StoaError {
  const why = row.problem ?? "it was given up";
  return new StoaError("gone", {
    message: `This upload has failed: ${why} Begin a new one.`,
    details: { what: "upload" },
  });
}
