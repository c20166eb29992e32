import type { Books, SessionRow } from "./books.ts";
import { ENDS_BY_ITSELF } from "./programs.ts";
import type { Reality, Sign } from "./reality.ts";
import { type Known, type SessionLedger, whatIsKnown } from "./session-ledger.ts";

/** Between two clocks' readings of one moment, and a second written in ms. */
const SLACK_MS = 1_500;
/** A time limit, TERM, the grace, KILL, and a busy machine. */
const ENDING_MS = 15_000;
const HOST_ENDED = "The process that kept the session was ended from outside.";

/** One session, from all sides. */
interface Case {
  readonly known: Known;
  readonly row: SessionRow;
  readonly signs: readonly Sign[];
  readonly programs: readonly number[];
  readonly hosts: readonly number[];
}

/** Compares what was acknowledged, what is written down and what is there. Every finding is a broken promise. */
export function judgeSessions(lines: SessionLedger["lines"], books: Books, reality: Reality): string[] {
  const byKey = new Map<string, SessionRow[]>();
  for (const row of books.rows) {
    const key = row.idempotency_key ?? `(none, session ${row.id})`;
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  const known = whatIsKnown(lines, (key) => byKey.get(key)?.[0]?.id);
  const found = [...judgeRows(known, byKey), ...judgeStrangers(books, reality), ...books.openOperations];
  for (const one of known) {
    const [row] = byKey.get(one.order.key) ?? [];
    if (row === undefined) continue;
    const signs = reality.signs.filter((sign) => sign.jobId === row.id);
    const programs = reality.programs.get(row.marker) ?? [];
    const all: Case = { known: one, row, signs, programs, hosts: reality.hosts.get(row.id) ?? [] };
    const judges = [judgeStarts, judgeLife, judgeEnd, judgeHours, judgeLimit];
    const texts = judges.flatMap((judge) => judge(all, reality)).concat(judgeAudit(row, books));
    found.push(...texts.map((text) => `session ${row.id} (${one.order.jobType}) ${text}`));
  }
  return [...found, ...judgeWorkspaces(books)];
}

function judgeRows(known: readonly Known[], byKey: ReadonlyMap<string, readonly SessionRow[]>): string[] {
  const found: string[] = [];
  const orders = new Map(known.map((one) => [one.order.key, one]));
  for (const { order, jobId } of known) {
    const rows = byKey.get(order.key) ?? [];
    if (rows.length > 1) found.push(`start ${order.key} has ${rows.length} rows`);
    if (jobId !== null && !rows.some(({ id }) => id === jobId)) {
      found.push(`session ${jobId} was acknowledged and has no row`);
    }
  }
  for (const key of byKey.keys()) if (!orders.has(key)) found.push(`nobody asked for start ${key}`);
  return found;
}

/** What runs must belong to a session that lives. */
function judgeStrangers({ rows }: Books, reality: Reality): string[] {
  const markers = new Set(rows.map(({ marker }) => marker));
  const ids = new Set(rows.map(({ id }) => id));
  return [
    ...[...reality.programs]
      .filter(([marker]) => !markers.has(marker))
      .map(([marker, pids]) => `processes ${pids.join(", ")} belong to no row (${marker})`),
    ...[...reality.hosts.keys()]
      .filter((id) => !ids.has(id))
      .map((id) => `a host runs session ${id}, which has no row`),
  ];
}

function judgeStarts({ row, signs, known }: Case): string[] {
  const of = (what: Sign["what"]) => signs.filter((sign) => sign.what === what);
  const found: string[] = [];
  for (const what of ["prepare", "start", "end"] as const) {
    if (of(what).length > 1) found.push(`has ${of(what).length} signs of its ${what}`);
  }
  if (signs.some(({ marker }) => marker !== row.marker)) found.push("was run under another marker");
  const began = signs.findIndex(({ what }) => what === "start");
  const isPrepared = known.order.jobType === "chaos_prepared";
  if (isPrepared && began >= 0 && signs.findIndex(({ what }) => what === "prepare") !== 0) {
    found.push("was started before it was prepared");
  }
  return found;
}

function judgeLife({ row, signs, programs, hosts }: Case): string[] {
  const found: string[] = [];
  if (row.ended_at !== null) {
    if (programs.length > 0) found.push(`is ${row.status}, and processes ${programs.join(", ")} go on`);
    return found;
  }
  if (row.status !== "running") found.push(`is still ${row.status}`);
  if (programs.length === 0) found.push("is live without a program");
  if (hosts.length !== 1) found.push(`is live with ${hosts.length} hosts`);
  if (!signs.some(({ what }) => what === "start")) found.push("is live and never started its program");
  return found;
}

type Fate = "runs" | "stopped" | "host killed" | "ended by itself" | "time limit" | "other";

/** Whether it is what may have become of it, and is told as that. */
function judgeEnd(all: Case): string[] {
  const { row, known, signs } = all;
  const fate = fateOf(row);
  const allowed = allowedFates(all);
  const found = allowed.has(fate)
    ? []
    : [`${fate === "other" ? "ended" : fate}: "${row.reason ?? ""}", and may be: ${[...allowed].join(", ")}`];
  if (fate === "ended by itself" && known.order.jobType !== "terminal") {
    const said = signs.find(({ what }) => what === "end")?.status;
    const isTold = row.status === (known.order.status === 0 ? "complete" : "failed");
    if (row.exit_code !== known.order.status || said !== known.order.status || !isTold) {
      found.push(`ended with status ${known.order.status}, and its row says ${row.exit_code}, ${row.status}`);
    }
  }
  return found;
}

function fateOf(row: SessionRow): Fate {
  const reason = row.reason ?? "";
  if (row.ended_at === null) return "runs";
  if (row.status === "complete" && reason.startsWith("Stopped by ")) return "stopped";
  if (row.status === "failed" && reason === HOST_ENDED) return "host killed";
  if (row.status === "complete" && reason.startsWith("It reached its time limit")) return "time limit";
  if (row.exit_code !== null && (reason === "" || reason.startsWith("Its program ended with status"))) {
    return "ended by itself";
  }
  return "other";
}

function allowedFates({ known, row, signs, hosts }: Case): ReadonlySet<Fate> {
  const fates = new Set<Fate>();
  // An acknowledged stop is the truth of its end, whatever else happened to it at that moment.
  if (known.stop === "acknowledged") return fates.add("stopped");
  if (known.stop === "asked") fates.add("stopped");
  const ranMs = row.started_at === null ? 0 : (row.ended_at?.getTime() ?? Date.now()) - row.started_at.getTime();
  const limitMs = (row.time_limit_seconds ?? Number.POSITIVE_INFINITY) * 1000;
  const atLimit = ranMs >= limitMs - SLACK_MS;
  const saidEnd = signs.some(({ what }) => what === "end") && ENDS_BY_ITSELF.has(known.order.jobType);
  if (saidEnd) fates.add("ended by itself");
  if (atLimit) fates.add("time limit");
  if (known.killedAt !== null) {
    fates.add("host killed");
    // One that was killed before it had the job is followed by another.
    if (hosts.length === 1 && !saidEnd) fates.add("runs");
    return fates;
  }
  if (!saidEnd && ranMs < limitMs + ENDING_MS) fates.add("runs");
  return fates;
}

/** Settled once it has ended, by the time that it ran, at most from the call to now. */
function judgeHours({ row, known, signs }: Case): string[] {
  const { started_at: started, ended_at: ended } = row;
  const found: string[] = [];
  if (row.cpus !== known.order.cpus) found.push(`has ${row.cpus} CPUs, ${known.order.cpus} were asked for`);
  if (started !== null && started.getTime() < known.askedAt - SLACK_MS) found.push("started before it was asked for");
  if (ended !== null && ended.getTime() > Date.now() + SLACK_MS) found.push("ended in the future");
  if (ended !== null && known.killedAt !== null && fateOf(row) === "host killed") {
    if (ended.getTime() < known.killedAt - SLACK_MS) found.push("ended before its host was killed");
  }
  const ran = started === null || ended === null ? 0 : ended.getTime() - started.getTime();
  if (ran < 0) found.push("ended before it started");
  const hours = (row.cpus * ran) / 3_600_000;
  if (Math.abs(row.core_hours - hours) > 0.00002) {
    found.push(`is charged ${row.core_hours} core hours for ${hours.toFixed(5)}`);
  }
  const isStarted = signs.some(({ what }) => what === "start");
  const due = (row.cpus * (row.time_limit_seconds ?? 0)) / 3600;
  if (ended === null && Math.abs(row.core_hours_reserved - due) > 0.00002) {
    found.push(`sets ${row.core_hours_reserved} core hours aside for ${due.toFixed(5)}`);
  }
  // A host that dies between the program's start and its note of it takes the moment with it.
  if (ended !== null && isStarted && started === null && known.killedAt === null) found.push("ran and has no start");
  return found;
}

function judgeLimit({ row, known }: Case, reality: Reality): string[] {
  const asked = known.order.minutes * 60;
  const [least, most] = [asked + known.extendedBy.least, asked + known.extendedBy.most];
  const limit = row.time_limit_seconds ?? 0;
  if (limit < least || limit > most) return [`has a time limit of ${limit} s, and ${least} to ${most} were promised`];
  const kept = reality.limits.get(row.id);
  if (row.ended_at !== null || kept === undefined || kept === limit) return [];
  return [`has a time limit of ${limit} s, and its host keeps to ${kept}`];
}

function judgeAudit({ id, ended_at }: SessionRow, { audit }: Books): string[] {
  const { "session.start": starts = 0, "session.end": ends = 0 } = audit.get(id) ?? {};
  const due = ended_at === null ? 0 : 1;
  return starts === 1 && ends === due ? [] : [`has ${starts} entries of its start and ${ends} of its end`];
}

function judgeWorkspaces({ rows, workspaces }: Books): string[] {
  const live = new Set(rows.filter(({ ended_at }) => ended_at === null).map((row) => row.workspace_id));
  const used = new Set(rows.map((row) => row.workspace_id));
  return [...used].flatMap((id) => {
    const [is, due] = [workspaces.get(id), live.has(id) ? "active" : "idle"];
    return is === due ? [] : [`workspace ${id} is ${is}, and should be ${due}`];
  });
}
