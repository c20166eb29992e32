import { describe, expect, it } from "vitest";
import type { Books, SessionRow } from "./books.ts";
import type { Reality, Sign } from "./reality.ts";
import type { Order, SessionLedger, SessionLine } from "./session-ledger.ts";
import { judgeSessions } from "./verdict.ts";

/*
 * Made-up worlds. One in which all is well passes; each broken promise, put in by hand, has to be noticed: a judge
 * that does not is worth nothing.
 */

const NOW = Date.now();
const at = (seconds: number) => new Date(NOW - 600_000 + seconds * 1000);
const HOST_ENDED = "The process that kept the session was ended from outside.";

interface Made {
  lines: SessionLedger["lines"];
  rows: SessionRow[];
  signs: Sign[];
  programs: Map<string, number[]>;
  hosts: Map<number, number[]>;
  limits: Map<number, number | null>;
  audit: Map<number, Record<string, number>>;
  workspaces: Map<number, string>;
  openOperations: string[];
}

/** 1 runs; 2 was stopped; 3 ended by itself with status 3; the host of 4 was killed. */
function world(): Made {
  const made: Made = {
    lines: [],
    rows: [],
    signs: [],
    programs: new Map(),
    hosts: new Map(),
    limits: new Map(),
    audit: new Map(),
    workspaces: new Map([[1, "active"]]),
    openOperations: [],
  };
  const add = (id: number, jobType: string, end: Partial<SessionRow> = {}) => addSession(made, id, jobType, end);
  add(1, "chaos_steady");
  made.programs.set("marker-1", [101, 102]);
  made.hosts.set(1, [100]);
  write(made, 12, { what: "extend", stage: "intend", jobId: 1, seconds: 3600 });
  write(made, 12, { what: "extend", stage: "ack", jobId: 1, seconds: 3600 });
  change(made, 1, { time_limit_seconds: 7200, core_hours_reserved: 4 });
  made.limits.set(1, 7200);
  add(2, "terminal", ended({ status: "complete", reason: "Stopped by ada.", exit_code: null }));
  write(made, 19, { what: "stop", stage: "intend", jobId: 2 });
  write(made, 19, { what: "stop", stage: "ack", jobId: 2 });
  add(3, "chaos_prepared", ended({ status: "failed", reason: "Its program ended with status 3.", exit_code: 3 }));
  made.signs.unshift({ what: "prepare", jobId: 3, marker: "marker-3", status: null });
  made.signs.push({ what: "end", jobId: 3, marker: "marker-3", status: 3 });
  add(4, "chaos_stubborn", ended({ status: "failed", reason: HOST_ENDED, exit_code: null }));
  write(made, 19.5, { what: "kill", of: "host", jobId: 4 });
  return made;
}

function ended(end: Partial<SessionRow>): Partial<SessionRow> {
  return { ended_at: at(20), core_hours: (2 * 10) / 3600, ...end };
}

function addSession(made: Made, id: number, jobType: string, end: Partial<SessionRow>): void {
  const order: Order = { key: `key-${id}`, jobType, workspaceId: 1, cpus: 2, minutes: 60, seconds: 1, status: 3 };
  write(made, 8, { what: "start", stage: "intend", order });
  write(made, 9, { what: "start", stage: "ack", order, jobId: id });
  made.signs.push({ what: "start", jobId: id, marker: `marker-${id}`, status: null });
  made.audit.set(id, { "session.start": 1, ...(end.ended_at == null ? {} : { "session.end": 1 }) });
  made.rows.push({
    id,
    workspace_id: 1,
    marker: `marker-${id}`,
    idempotency_key: order.key,
    status: "running",
    reason: null,
    cpus: 2,
    time_limit_seconds: 3600,
    started_at: at(10),
    ended_at: null,
    exit_code: null,
    core_hours: 0,
    core_hours_reserved: 2,
    ...end,
  });
}

function write(made: Made, seconds: number, line: SessionLine): void {
  made.lines.push({ at: at(seconds).toISOString(), round: 1, ...line });
}

function change(made: Made, id: number, to: Partial<SessionRow>): void {
  made.rows = made.rows.map((row) => (row.id === id ? { ...row, ...to } : row));
}

function verdict(made: Made): string[] {
  const books: Books = made;
  const reality: Reality = made;
  return judgeSessions(made.lines, books, reality);
}

/** Removes the lines that fit. */
function forget(made: Made, fits: (line: SessionLine) => boolean): void {
  made.lines = made.lines.filter((line) => !fits(line));
}

const isStop = (line: SessionLine) => line.what === "stop";
const isKill = (line: SessionLine) => line.what === "kill";
const isOf = (jobId: number) => (line: SessionLine) => "jobId" in line && line.jobId === jobId;

const wrong: readonly [string, (made: Made) => void, RegExp][] = [
  ["an acknowledged start without a row", (w) => w.rows.pop(), /4 was acknowledged and has no row/],
  [
    "a start with two rows",
    (w) => {
      w.rows.push({ ...(w.rows[0] as SessionRow), id: 9, marker: "marker-9" });
    },
    /start key-1 has 2 rows/,
  ],
  ["a row that nobody asked for", (w) => change(w, 3, { idempotency_key: "other" }), /nobody asked for start other/],
  [
    "a program that was started twice",
    (w) => w.signs.push({ what: "start", jobId: 1, marker: "marker-1", status: null }),
    /session 1 .* has 2 signs of its start/,
  ],
  [
    "a program that ran although its session was never told to",
    (w) => w.signs.push({ what: "start", jobId: 1, marker: "marker-x", status: null }),
    /session 1 .* under another marker/,
  ],
  ["a program that was not prepared", (w) => w.signs.shift(), /session 3 .* before it was prepared/],
  ["a live session without a program", (w) => w.programs.delete("marker-1"), /session 1 .* live without a program/],
  ["a live session without a host", (w) => w.hosts.delete(1), /session 1 .* live with 0 hosts/],
  ["a live session with two hosts", (w) => w.hosts.set(1, [100, 200]), /session 1 .* live with 2 hosts/],
  ["a live session that never began", (w) => w.signs.splice(1, 1), /session 1 .* never started its program/],
  ["something that goes on after its end", (w) => w.programs.set("marker-3", [301]), /session 3 .* 301 go on/],
  ["a process of no session", (w) => w.programs.set("marker-x", [666]), /666 belong to no row/],
  ["a host of no session", (w) => w.hosts.set(77, [666]), /a host runs session 77/],
  ["a start that is never done", (w) => change(w, 1, { status: "pending" }), /session 1 .* still pending/],
  [
    "a stop that was acknowledged and did nothing",
    (w) => {
      write(w, 15, { what: "stop", stage: "intend", jobId: 1 });
      write(w, 15, { what: "stop", stage: "ack", jobId: 1 });
    },
    /session 1 .* runs.*may be: stopped/,
  ],
  ["a stop that nobody asked for", (w) => forget(w, isStop), /session 2 .* stopped.*may be/],
  [
    "a stop that was refused and done",
    (w) => {
      forget(w, (line) => line.what === "stop" && line.stage === "ack");
      write(w, 19, { what: "stop", stage: "refused", jobId: 2 });
    },
    /session 2 .* stopped.*may be/,
  ],
  ["a killed host that nobody killed", (w) => forget(w, isKill), /session 4 .* host killed.*may be/],
  ["a killed host that is told as an end", (w) => change(w, 4, { reason: "It ended." }), /session 4 .* may be: host/],
  [
    "a killed host that is told as complete",
    (w) => change(w, 4, { status: "complete", reason: null, exit_code: 0 }),
    /session 4 .* ended by itself.*may be: host killed/,
  ],
  [
    "a killed host whose session goes on in the books",
    (w) => {
      change(w, 4, { status: "running", ended_at: null, reason: null, core_hours: 0 });
      w.audit.set(4, { "session.start": 1 });
      w.programs.set("marker-4", [401]);
    },
    /session 4 .* live with 0 hosts/,
  ],
  ["another exit status", (w) => change(w, 3, { exit_code: 4 }), /session 3 .* status 3, and its row says 4/],
  ["a failure that is told as success", (w) => change(w, 3, { status: "complete" }), /session 3 .* says 3, complete/],
  [
    "a time limit long before its time",
    (w) => change(w, 3, { status: "complete", reason: "It reached its time limit of 60 minutes." }),
    /session 3 .* time limit.*may be/,
  ],
  ["hours that were not run", (w) => change(w, 2, { core_hours: 1 }), /session 2 .* is charged 1 core hours/],
  ["hours that were not settled", (w) => change(w, 2, { core_hours: 0 }), /session 2 .* is charged 0 core hours/],
  ["hours set aside of before the extension", (w) => change(w, 1, { core_hours_reserved: 2 }), /sets 2 core hours/],
  ["other CPUs than asked for", (w) => change(w, 1, { cpus: 4 }), /session 1 .* has 4 CPUs/],
  ["a start before it was asked for", (w) => change(w, 1, { started_at: at(1) }), /session 1 .* before it was asked/],
  ["an end before the blow", (w) => change(w, 4, { ended_at: at(12) }), /session 4 .* before its host was killed/],
  [
    "an end settled twice",
    (w) => w.audit.set(3, { "session.start": 1, "session.end": 2 }),
    /session 3 .* 2 of its end/,
  ],
  ["an extension that was lost", (w) => change(w, 1, { time_limit_seconds: 3600 }), /session 1 .* 7200 to 7200 were/],
  ["an extension that nobody asked for", (w) => forget(w, (l) => l.what === "extend"), /session 1 .* 3600 to 3600/],
  ["a host that knows of no extension", (w) => w.limits.set(1, 3600), /session 1 .* its host keeps to 3600/],
  ["a workspace that is idle beside its session", (w) => w.workspaces.set(1, "idle"), /workspace 1 is idle/],
  ["an operation that hangs", (w) => w.openOperations.push("session.start of session 1 is queued"), /is queued/],
];

describe("the judge of sessions", () => {
  it("finds nothing where all is well", () => expect(verdict(world())).toEqual([]));

  it("lets a call that was cut off have happened or not", () => {
    const made = world();
    forget(made, (line) => line.what === "start" && line.stage === "ack");
    forget(made, (line) => isOf(2)(line) && line.what === "stop" && line.stage === "ack");
    expect(verdict(made)).toEqual([]);
    made.rows = made.rows.filter(({ id }) => id !== 2);
    expect(verdict(made)).toEqual([]);
  });

  it.each(wrong)("notices %s", (_what, breakIt, pattern) => {
    const made = world();
    breakIt(made);
    expect(
      verdict(made).some((text) => pattern.test(text)),
      verdict(made).join("\n"),
    ).toBe(true);
  });
});
