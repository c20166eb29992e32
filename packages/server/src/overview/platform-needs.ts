import { statfs } from "node:fs/promises";
import { sql } from "kysely";
import { lastVerification } from "../platform/audit/verify-operation.ts";
import { unseenFailures } from "../platform/operations/failed.ts";
import type { OverviewContext } from "./context.ts";
import type { Need } from "./need.ts";

const MOST = 10;
/** Share of a disk from which it is nearly full, and from which it is urgent. */
const NEARLY = 0.9;
const URGENT = 0.97;
/** Seconds after which an entry that is not sealed yet tells of trouble: the sealer looks every second. */
const SEALS_WITHIN = 60;
/** Days in which a message that was not sent is worth a look: nobody says of one that it was passed on. */
const MAILS_FOR_DAYS = 7;
/** Hours after which the nightly check has been missed. */
const VERIFIED_WITHIN = 50;

export async function operationNeeds({ db }: OverviewContext): Promise<Need[]> {
  const failures = await unseenFailures(db, MOST);
  return failures.map(({ kind, count, id, subjectKind, subjectId, at }) => ({
    code: "operations_failed",
    tone: "bad",
    at,
    count,
    subject: { kind: "operation", id, label: kind },
    params: { kind, subject_kind: subjectKind, subject_id: subjectId },
  }));
}

export async function mailNeeds({ db }: OverviewContext): Promise<Need[]> {
  const { rows } = await sql<{ state: "kept" | "failed"; count: number; at: Date }>`
    select state, count(*)::int as count, max(created_at) as at from mails
    where state in ('kept', 'failed') and body_sealed is not null and (expires_at is null or expires_at > now())
      and created_at > now() - make_interval(days => ${MAILS_FOR_DAYS})
    group by state`.execute(db);
  return rows.map(({ state, count, at }) => ({
    code: state === "kept" ? "mails_kept" : "mails_failed",
    tone: state === "kept" ? "warn" : "bad",
    at,
    count,
    subject: null,
    params: {},
  }));
}

export async function auditNeeds({ db }: OverviewContext): Promise<Need[]> {
  const last = await lastVerification(db);
  const { rows } = await sql<{ first: Date | null; unsealed: Date | null; waiting: number }>`
    select (select at from audit_entries order by at, id limit 1) as first,
      (select e.at from audit_unsealed u join audit_entries e on e.id = u.entry_id order by u.entry_id limit 1) as unsealed,
      (select count(*)::int from (select from audit_unsealed limit 100000) w) as waiting`.execute(db);
  const { first = null, unsealed = null, waiting = 0 } = rows[0] ?? {};
  const subject = { kind: "audit", id: "all", label: "" };
  const missed = Date.now() - VERIFIED_WITHIN * 3_600_000;
  const needs: Need[] = [];
  if (last !== null && !last.ok) {
    const params = { problem: last.problems[0]?.what ?? "" };
    needs.push({
      code: "audit_broken",
      tone: "bad",
      at: new Date(last.at),
      count: last.problems.length,
      subject,
      params,
    });
  }
  const since = last === null ? first : new Date(last.at);
  if (since !== null && since.getTime() < missed) {
    needs.push({ code: "audit_unverified", tone: "warn", at: since, count: 1, subject, params: {} });
  }
  if (unsealed !== null && unsealed.getTime() < Date.now() - SEALS_WITHIN * 1_000) {
    needs.push({ code: "audit_unsealed", tone: "bad", at: unsealed, count: waiting, subject, params: {} });
  }
  return needs;
}

/** The disk of the data directory: workspaces, sessions' output, and the database where it is ours. */
export async function diskNeeds({ platform }: OverviewContext): Promise<Need[]> {
  const path = platform.config.dataDir;
  const disk = await statfs(path);
  // What is kept for root is nobody's here: as df counts.
  const taken = (disk.blocks - disk.bfree) * disk.bsize;
  const free = disk.bavail * disk.bsize;
  const total = taken + free;
  const used = total === 0 ? 0 : taken / total;
  if (used < NEARLY) return [];
  return [
    {
      code: "disk_full",
      tone: used < URGENT ? "warn" : "bad",
      at: new Date(),
      count: 1,
      subject: { kind: "disk", id: path, label: path },
      params: { free, total, path },
    },
  ];
}
