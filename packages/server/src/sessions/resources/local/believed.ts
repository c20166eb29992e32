import type { ChildFile, ExitFile, HostStatus, JobFile, Means, Used } from "../../host/job-file.ts";
import type { Tombstone } from "../../host/leftovers.ts";
import type { ProcessIdentity } from "../../host/process-identity.ts";

/*
 * A session's owner may write into its run folder, and answer on its sockets, whatever they like. What has the right
 * shape is taken as said (it is about their own session); the rest counts as not said.
 */

type Given = Readonly<Record<string, unknown>>;

const CAUSES: ReadonlySet<unknown> = new Set<ExitFile["cause"]>([
  "exited",
  "stopped",
  "time_limit",
  "over_limit",
  "prepare_failed",
  "spawn_failed",
  "host_failed",
  "vanished",
]);
const STATES: ReadonlySet<unknown> = new Set<HostStatus["state"]>(["starting", "running", "ending", "ended"]);
const MEANS: { readonly [Name in keyof Means]: ReadonlySet<unknown> } = {
  isolation: new Set<Means["isolation"]>(["none", "account", "sandbox", "account-and-sandbox"]),
  network: new Set<Means["network"]>(["shared", "closed", "pasta", "slirp4netns"]),
  limits: new Set<Means["limits"]>(["cgroup-v2", "cgroup-v1", "watching"]),
  ending: new Set<Means["ending"]>(["cgroup-kill", "cgroup-freezer", "pid-namespace", "proc-scan"]),
};
const LONGEST_TEXT = 2000;

export function believedExit(value: unknown): ExitFile | undefined {
  const given = asGiven(value);
  const isWhole =
    CAUSES.has(given.cause) &&
    (given.code === null || isNumber(given.code)) &&
    isTextOrNull(given.signal) &&
    isTextOrNull(given.message) &&
    isTimeOrNull(given.startedAt) &&
    isTimeOrNull(given.readyAt) &&
    isTime(given.endedAt);
  if (!isWhole) return undefined;
  const { cause, code, signal, message, startedAt, readyAt, endedAt } = given as unknown as ExitFile;
  const tree = given.tree === "gone" ? "gone" : "ending";
  return { cause, code, signal, message, startedAt, readyAt, endedAt, tree };
}

export function believedChild(value: unknown): ChildFile | null {
  const given = asGiven(value);
  return isNumber(given.pid) && isText(given.startTime) && isTime(given.startedAt)
    ? (given as unknown as ChildFile)
    : null;
}

export function believedClaim(value: unknown): ProcessIdentity | Tombstone | undefined {
  const given = asGiven(value);
  const isHost = isNumber(given.pid) && isText(given.startTime) && isText(given.bootId);
  const isTombstone = isText(given.neverStarted) && isTime(given.at);
  return isHost || isTombstone ? (given as unknown as ProcessIdentity | Tombstone) : undefined;
}

/** Whose folder it is; null: it doesn't say. */
export function believedMarker(value: unknown): string | null {
  const { marker } = asGiven(value) as Partial<JobFile>;
  return isText(marker) ? marker : null;
}

export function believedStatus(value: unknown): HostStatus | null {
  const given = asGiven(value);
  if (!STATES.has(given.state) || !isTimeOrNull(given.startedAt) || !isTimeOrNull(given.readyAt)) return null;
  const exit = believedExit(given.exit) ?? null;
  const { wallSeconds, used, preparing, means, ...rest } = given as unknown as HostStatus;
  const known = wallSeconds === null || (isNumber(wallSeconds) && wallSeconds > 0);
  return {
    ...rest,
    ...(known ? { wallSeconds } : {}),
    ...(areMeans(means) ? { means } : {}),
    used: believedUsed(used),
    preparing: isText(preparing) ? preparing : null,
    ready: given.ready === true,
    exit,
  };
}

/** Kept in the database, and shown to whoever lists sessions: nothing else may stand there. */
function areMeans(value: unknown): value is Means {
  const given = asGiven(value);
  const names = Object.keys(MEANS) as (keyof Means)[];
  return Object.keys(given).length === names.length && names.every((name) => MEANS[name].has(given[name]));
}

function believedUsed(value: unknown): Used | null {
  const { memoryBytes, processes } = asGiven(value);
  const areCounts = [memoryBytes, processes].every((one) => Number.isSafeInteger(one) && Number(one) >= 0);
  return areCounts ? { memoryBytes: Number(memoryBytes), processes: Number(processes) } : null;
}

function asGiven(value: unknown): Given {
  return typeof value === "object" && value !== null ? (value as Given) : {};
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && Math.abs(value) < 2 ** 31;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_TEXT && !value.includes("\0");
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

/** Within what a database keeps: some person's year 300000 is no time. */
function isTime(value: unknown): boolean {
  return typeof value === "string" && value.length < 40 && Math.abs(Date.parse(value)) < Date.UTC(9999, 0);
}

function isTimeOrNull(value: unknown): boolean {
  return value === null || isTime(value);
}
