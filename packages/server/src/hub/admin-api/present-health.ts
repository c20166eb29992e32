import type { Static } from "typebox";
import type { HubContext } from "../context.ts";
import { dayCurve } from "../health/curve.ts";
import {
  type CallFigures,
  callFigures,
  type LaunchFigures,
  launchFigures,
  recentFailedLaunches,
  recentFailures,
} from "../health/figures.ts";
import { functionsOf, scopesToAdd } from "../health/functions.ts";
import type { createProbe, HubProblem, Probed } from "../health/probe.ts";
import { remedyFor, shownAddress } from "../health/remedies.ts";
import { launchRemedy } from "../launch/launch-remedies.ts";
import { launchWords } from "../launch/launch-words.ts";
import { type Drift as FoundDrift, readDrift } from "../users/drift.ts";
import type { Drift, Health } from "./health-schema.ts";
import { iso } from "./schema.ts";

type Probe = ReturnType<typeof createProbe> | null;
const [HOUR, DAY] = [60, 24 * 60];
const RECENT = 20;

/** How the hub does, by a look at it now and by the figures of all servers. */
export async function readHealth(
  { db, client, platform }: HubContext,
  probe: Probe,
  language: "en" | "fa",
): Promise<Static<typeof Health>> {
  const [found, calls, lastDay, launches, launchesOfDay, curve, failures, failed] = await Promise.all([
    probe?.read() ?? null,
    callFigures(db, HOUR),
    callFigures(db, DAY),
    launchFigures(db, HOUR),
    launchFigures(db, DAY),
    dayCurve(db),
    recentFailures(db, RECENT),
    recentFailedLaunches(db, RECENT),
  ]);
  return {
    ...presentProbed(found, platform.config.hub.apiUrl ?? "", language),
    configured: client !== null,
    breaker: client?.state ?? null,
    calls: { hour: presentCalls(calls), day: presentCalls(lastDay) },
    launches: { hour: presentLaunches(launches), day: presentLaunches(launchesOfDay) },
    curve: curve.map(({ at, ...figures }) => ({ at: at.toISOString(), ...figures })),
    failures: failures.map(({ at, ...failure }) => ({ ...failure, at: at.toISOString() })),
    failed_launches: failed.map(({ at, account_id: id, username, cause, ...launch }) => ({
      ...{ ...launch, cause, at: at.toISOString(), account: { id, username } },
      message: cause === null ? null : launchWords(cause, language),
      fix: launchRemedy(cause, language),
    })),
  };
}

function presentProbed(found: Probed | null, apiUrl: string, language: "en" | "fa") {
  const self = found?.self ?? null;
  return {
    checked_at: iso(found?.at ?? null),
    reachable: found !== null && found.version !== null,
    version: found?.version ?? null,
    problem: presentProblem(found?.problem ?? null, apiUrl, language),
    token: self === null ? null : { kind: self.kind, name: self.name, scopes: [...self.scopes].sort() },
    functions:
      self === null
        ? []
        : functionsOf(self.scopes).map(({ what, missing, ...each }) => ({
            ...each,
            what: what[language],
            missing: scopesToAdd(missing),
          })),
  };
}

function presentProblem(problem: HubProblem | null, apiUrl: string, language: "en" | "fa") {
  if (problem === null) return null;
  const { code, said } = problem;
  return { code, said, address: shownAddress(apiUrl), fix: remedyFor(code, language) };
}

function presentCalls(figures: readonly CallFigures[]) {
  const calls = figures.reduce((sum, each) => sum + each.calls, 0);
  const fine = figures.reduce((sum, each) => sum + each.fine, 0);
  return {
    calls,
    success_rate: calls === 0 ? null : percent(fine, calls),
    by_call: figures.map((each) => ({ ...each, success_rate: percent(each.fine, each.calls) })),
  };
}

/** What somebody cancelled neither went well nor failed. */
function presentLaunches(figures: readonly LaunchFigures[]) {
  const counted = figures.filter(({ outcome }) => outcome !== "cancelled");
  const all = counted.reduce((sum, { launches }) => sum + launches, 0);
  const ok = counted.find(({ outcome }) => outcome === "ok")?.launches ?? 0;
  return {
    launches: figures.reduce((sum, { launches }) => sum + launches, 0),
    success_rate: all === 0 ? null : percent(ok, all),
    by_outcome: [...figures],
  };
}

/** To a tenth, and never rounded up to 100. */
function percent(part: number, all: number): number {
  return Math.floor((1_000 * part) / Math.max(1, all)) / 10;
}

/** With what can be done about each. */
export async function readDriftFor({ db }: Pick<HubContext, "db">): Promise<Static<typeof Drift>> {
  const { listedAt, missing, orphans, servers } = await readDrift(db);
  return {
    listed_at: iso(listedAt),
    missing: presentMissing(missing),
    orphans: {
      count: orphans.count,
      items: orphans.items.map(({ name, is_admin, last_activity, servers: running }) => ({
        ...{ name, is_admin, last_activity: iso(last_activity), servers: running },
        can: ["link", ...(running > 0 ? (["stop"] as const) : (["delete_at_hub"] as const))],
      })),
    },
    servers: {
      count: servers.count,
      items: servers.items.map(({ user_name: user, server, state, started_at, last_activity }) => ({
        ...{ user, server, state, started_at: iso(started_at), last_activity: iso(last_activity) },
        can: ["stop", "link"],
      })),
    },
  };
}

function presentMissing({ count, items }: FoundDrift["missing"]): Static<typeof Drift>["missing"] {
  return {
    count,
    items: items.map(({ account, name, perhaps_now }) => ({
      ...{ account, name, perhaps_now: [...perhaps_now] },
      can: ["launch_makes_it_again", "link", "unlink"],
    })),
  };
}
