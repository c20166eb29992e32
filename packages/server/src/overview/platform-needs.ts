import { statfs } from "node:fs/promises";
import { sql } from "kysely";
import { lastVerification } from "../platform/audit/verify-operation.ts";
import { waitsForTurn } from "../platform/operations/claim.ts";
import { unseenFailures } from "../platform/operations/failed.ts";
import type { AskedContext, OverviewContext } from "./context.ts";
import type { Need } from "./need.ts";

const MOST = 10;
/** Share of a disk from which it is nearly full, and from which it is urgent. */
const NEARLY = 0.9;
const URGENT = 0.97;
/** Minutes in a queue after which one asks who should take it up. */
const WAITS_FOR = 10;
/** Processes that want a core, for each core there is. */
const OVERLOADED = 4;
/** Seconds after which an entry that is not sealed yet tells of trouble: the sealer looks every second. */
const SEALS_WITHIN = 60;
/** Days in which a message that was not sent is worth a look: nobody says of one that it was passed on. */
const MAILS_FOR_DAYS = 7;
/** Hours after which the nightly check has been missed. */
const VERIFIED_WITHIN = 50;

export async function operationNeeds({ db }: AskedContext): Promise<Need[]> {
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

/** What waits for a worker, and none takes it up: its server is away, or all are busy with something endless. */
export async function waitingNeeds({ db }: AskedContext): Promise<Need[]> {
  const { rows } = await sql<{ kind: string; queue: string; count: number; id: string; since: Date } & About>`
    select o.kind, min(o.queue) as queue, count(*)::int as count, min(o.id::text) as id, min(o.subject_kind) as subject_kind,
      min(o.subject_id) as subject_id, min(greatest(o.created_at, o.not_before)) as since
    from operations o
    where o.state = 'queued' and greatest(o.created_at, o.not_before) < now() - make_interval(mins => ${WAITS_FOR})
      and not ${waitsForTurn}
      and not exists (select from operation_history h
        where h.operation_id = o.id and h.at > now() - make_interval(mins => ${WAITS_FOR}))
    group by o.kind order by since limit ${MOST}`.execute(db);
  return rows.map(({ kind, queue, count, id, subject_kind, subject_id, since }) => ({
    code: "operations_waiting",
    tone: "warn",
    at: since,
    count,
    subject: { kind: "operation", id, label: kind },
    params: { kind, subject_kind, subject_id, node: queue.slice(kind.length + 1) },
  }));
}

type About = { readonly subject_kind: string; readonly subject_id: string };

/** This machine, over a quarter of an hour: a start or a backup alone is nobody's news. */
export async function loadNeeds(context: OverviewContext): Promise<Need[]> {
  const { load, cores } = context.sources.load();
  if (load < cores * OVERLOADED) return [];
  const node = context.platform.config.nodeId;
  return [
    {
      code: "load_high",
      tone: "warn",
      at: new Date(),
      count: 1,
      subject: { kind: "node", id: node, label: node },
      params: { node, load: Math.round(load), cores },
    },
  ];
}

export async function mailNeeds(context: AskedContext): Promise<Need[]> {
  const unset: Need = { code: "mail_unset", tone: "hint", at: new Date(), count: 1, subject: null, params: {} };
  return [...(await undelivered(context)), ...(context.platform.mail.delivers ? [] : [unset])];
}

async function undelivered({ db }: AskedContext): Promise<Need[]> {
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

export async function auditNeeds({ db }: AskedContext): Promise<Need[]> {
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
