import type { FaultKind, LaunchLine } from "./launch-ledger.ts";

type Launch = Extract<LaunchLine, { what: "launch" }>;

/** What makes a hub seem down to who calls it. */
const AWAY: ReadonlySet<FaultKind> = new Set(["refuse", "lose", "half", "stall", "slow", "page", "garbage", "cut"]);
/** What happened shortly before still counts: a breaker stays open, a retry waits. */
const BEFORE_MS = 15_000;

/**
 * Compares what Stoa told people with what was really done to the hub and what the spawner really started.
 * @param budgetMs what a launch may take
 * @returns the broken promises, in words
 */
export function judgeLaunches(lines: readonly LaunchLine[], budgetMs: number): string[] {
  const launches = lines.filter((line) => line.what === "launch");
  return [
    ...lines.flatMap((line) =>
      line.what === "double" ? [`${line.user} had two servers at once: ${line.pids.join(" and ")}`] : [],
    ),
    ...judgeProcesses(lines),
    ...launches.flatMap((launch) => judgeOne(launch, lines, budgetMs)),
    ...lines.flatMap((line) =>
      line.what === "settled" && !line.ready
        ? [`${line.user} was not in their server when all was well again: ${line.said}`]
        : [],
    ),
    ...(lines.some((line) => line.what === "settled") ? [] : ["nobody was looked at when all was well again"]),
  ];
}

/** Nothing is started that Stoa has not asked for, and nothing ends that nobody wanted to end. */
function judgeProcesses(lines: readonly LaunchLine[]): string[] {
  const found: string[] = [];
  const begun = new Map<number, number>();
  const [asked, started] = [new Map<string, number>(), new Map<string, number>()];
  const count = (map: Map<string, number>, user: string) => map.set(user, (map.get(user) ?? 0) + 1).get(user) ?? 0;
  for (const line of lines) {
    if (line.what === "asked" && line.status < 300) count(asked, line.user);
    // The hub was killed before it could answer: it may have begun all the same.
    if (line.what === "asked" && line.status >= 500) count(asked, line.user);
    if (line.what !== "process") continue;
    const { user, pid, when } = line;
    if (line.event === "start") {
      begun.set(pid, when);
      count(started, user);
    }
    if (line.event !== "end") continue;
    const since = begun.get(pid) ?? 0;
    const wanted = lines.some(
      (one) => one.what === "unwanted" && one.user === user && one.when >= since - 30_000 && one.when <= when,
    );
    if (!wanted) found.push(`${user}'s server ${pid} was ended, and nobody wanted that`);
  }
  for (const [user, number] of started) {
    const times = asked.get(user) ?? 0;
    if (number > times) found.push(`${user} had ${number} servers started, and ${times} starts were asked for`);
  }
  return found;
}

function judgeOne(launch: Launch, lines: readonly LaunchLine[], budgetMs: number): string[] {
  const { user, state, cause, begun, ended } = launch;
  const who = `${user}'s launch of ${new Date(begun).toISOString()}`;
  if (state === "stuck") return [`${who} came to no end within ${ended - begun} ms (${cause})`];
  if (state === "cancelled") return launch.cancelled ? [] : [`${who} was cancelled by nobody`];
  if (state === "ready") return cause === null ? [] : [`${who} is ready and says ${cause}`];
  const why = reasonFor(launch, lines, budgetMs);
  return why ? [] : [`${who} says ${cause}, and nothing of the kind was done`];
}

/** Whether something was done that this cause may be told for. */
function reasonFor(launch: Launch, lines: readonly LaunchLine[], budgetMs: number): boolean {
  const { user, cause, begun, ended } = launch;
  const from = begun - BEFORE_MS;
  const during = lines.filter((line) => "when" in line && line.when >= from && line.when <= ended + 1_000);
  const fault = (kinds: ReadonlySet<FaultKind>, whose: string | null) =>
    during.some((line) => line.what === "fault" && kinds.has(line.kind) && (whose === null || line.user === whose));
  const hubWasDown = wasDown(lines, "hub", from, ended);
  const serverKilled = during.some((line) => line.what === "server-killed" && line.user === user);
  switch (cause) {
    case "hub_down":
      return fault(AWAY, user) || manyAtOnce(during) || hubWasDown;
    case "token_refused":
      return fault(new Set(["forbid"]), user);
    case "at_capacity":
      return fault(new Set(["full"]), user);
    case "spawn_failed":
    case "died":
      return wasPlanned(lines, user, from, ended) || hubWasDown || serverKilled || hubRefused(during, user);
    case "too_slow":
      return (
        ended - begun >= budgetMs - 2_000 && (fault(new Set([...AWAY, "full"]), null) || hubWasDown || serverKilled)
      );
    default:
      return false;
  }
}

/** The hub's own refusal of this person's start, which the proxy has only passed on. */
function hubRefused(lines: readonly LaunchLine[], user: string): boolean {
  return lines.some((line) => line.what === "asked" && line.user === user && line.status === 500);
}

/** Enough to open the breaker, which is everybody's. */
function manyAtOnce(lines: readonly LaunchLine[]): boolean {
  const times = lines.flatMap((line) => (line.what === "fault" && AWAY.has(line.kind) ? [line.when] : []));
  return times.some((at, index) => (times[index + 4] ?? Number.POSITIVE_INFINITY) - at < 5_000);
}

function wasPlanned(lines: readonly LaunchLine[], user: string, from: number, to: number): boolean {
  let since: number | null = null;
  for (const line of lines) {
    if (line.what !== "plan" || line.user !== user) continue;
    if (line.plan !== null) since = line.when;
    else {
      if (since !== null && since <= to && line.when >= from) return true;
      since = null;
    }
  }
  return since !== null && since <= to;
}

function wasDown(lines: readonly LaunchLine[], what: "hub" | "stoa", from: number, to: number): boolean {
  let since: number | null = null;
  for (const line of lines) {
    if (line.what !== what) continue;
    if (!line.up) since ??= line.when;
    else {
      // It has much to catch up with just after it came up.
      if (since !== null && since <= to && line.when + 5_000 >= from) return true;
      since = null;
    }
  }
  return since !== null && since <= to;
}
