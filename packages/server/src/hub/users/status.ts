import { setTimeout as delay } from "node:timers/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type HubServer, knownServers } from "../client/contract.ts";
import { withinShare } from "../client/fair-share.ts";
import { type HubContext, SERVER_EVENT, USER_EVENT } from "../context.ts";
import { problemOf } from "../launch/causes.ts";
import { noteMissing, userOf } from "./queries.ts";
import { ensureUser } from "./settle-user.ts";
import { stillOurs } from "./still-ours.ts";

/** How somebody stands at the hub, as contract 2 tells it. */
export interface HubStatus {
  readonly status: "available" | "created" | "error" | "unavailable";
  readonly name: string | null;
  readonly servers: readonly HubServer[];
}

export interface HubStatuses {
  /** From memory where it is young; else as the hub says, for as long as it pays to wait. Never an error. */
  of(accountId: number): HubStatus | Promise<HubStatus>;
  /** Something was written: the next asks anew. */
  forget(accountId: number): void;
  start(): void;
  stop(): void;
}

/** Milliseconds that an answer is good without asking again. */
const YOUNG_MS = 10_000;
/** So long it is better than to wait. */
const KNOWN_MS = 5 * 60_000;
/** Milliseconds that a person waits: for a hub that is quick, and for one that is not. */
const PATIENCE_MS = 1_500;
const IMPATIENCE_MS = 20;
/** A hub whose last answer took longer is slow. */
const SLOW_MS = 500;
const MOST = 20_000;

const UNAVAILABLE: HubStatus = { status: "unavailable", name: null, servers: [] };

interface Known {
  readonly status: HubStatus;
  readonly at: number;
}

/** People's standing at the hub, for pages that ask often: nobody waits long for a hub that is slow or down. */
export function createHubStatuses(context: HubContext): HubStatuses {
  const known = new Map<number, Known>();
  const asking = new Map<number, Promise<HubStatus>>();
  let isSlow = false;
  let unsubscribe: () => void = () => undefined;

  function ask(accountId: number): Promise<HubStatus> {
    const under = asking.get(accountId);
    if (under !== undefined) return under;
    const begun = performance.now();
    const answer: Promise<HubStatus> = withinShare(context.client, accountId, () => readStatus(context, accountId))
      .then((status) => {
        isSlow = performance.now() - begun > SLOW_MS || status.status === "unavailable";
        // Forgotten meanwhile: what was asked before the write is nobody's answer any more.
        if (asking.get(accountId) === answer) keep(accountId, status);
        return status;
      })
      .finally(() => {
        if (asking.get(accountId) === answer) asking.delete(accountId);
      });
    asking.set(accountId, answer);
    return answer;
  }

  function keep(accountId: number, status: HubStatus): void {
    const before = known.get(accountId);
    known.delete(accountId);
    // What was known is better than that nothing is known now; that the hub is away is known for a moment.
    known.set(accountId, {
      status: status.status === "created" ? { ...status, status: "available" } : status,
      at: Date.now(),
    });
    if (before === undefined && known.size > MOST) known.delete(known.keys().next().value as number);
  }

  function forget(accountId: number): void {
    known.delete(accountId);
    asking.delete(accountId);
  }

  async function patient(accountId: number, last: Known | undefined): Promise<HubStatus> {
    const answer = ask(accountId).catch((error: unknown) => {
      // Too much of theirs waits at the hub already.
      if (error instanceof StoaError && error.code === "rate_limited") return last?.status ?? UNAVAILABLE;
      context.platform.log.warn({ err: error }, "somebody's standing at the hub could not be read");
      return UNAVAILABLE;
    });
    const enough = new AbortController();
    const wait = isSlow || (context.client?.state ?? "open") !== "closed" || last !== undefined;
    const late = delay(wait ? IMPATIENCE_MS : PATIENCE_MS, null, { signal: enough.signal }).catch(() => null);
    const first = await Promise.race([answer, late]);
    enough.abort();
    if (first !== null) return first;
    // The first one who meets a slow hub waited for long; the next need not.
    if (!wait) isSlow = true;
    return last?.status ?? UNAVAILABLE;
  }

  return {
    of(accountId) {
      if (context.client === null) return UNAVAILABLE;
      const last = known.get(accountId);
      const age = last === undefined ? Number.POSITIVE_INFINITY : Date.now() - last.at;
      if (last !== undefined && age < YOUNG_MS && context.platform.events.listening) return last.status;
      return patient(accountId, age < KNOWN_MS ? last : undefined);
    },
    forget,
    start() {
      unsubscribe = context.platform.events.subscribe({ types: [SERVER_EVENT, USER_EVENT] }, ({ audience }) => {
        if (Array.isArray(audience)) for (const accountId of audience) forget(accountId);
      });
    },
    stop: () => unsubscribe(),
  };
}

async function readStatus(context: HubContext, accountId: number): Promise<HubStatus> {
  const { client, db } = context;
  if (client === null) return UNAVAILABLE;
  try {
    const before = await userOf(db, accountId);
    const user = before?.state === "ours" ? before : await ensureUser(context, accountId);
    const seen = await client.user(user.name);
    if (seen !== null) {
      await stillOurs(context, user, seen);
      const status = before?.state === "ours" ? "available" : "created";
      return { status, name: user.name, servers: [...knownServers(seen).values()] };
    }
    await noteMissing(db, user);
    return { status: "created", name: (await ensureUser(context, accountId)).name, servers: [] };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    return problem.kind === "hub_down" ? UNAVAILABLE : { ...UNAVAILABLE, status: "error" };
  }
}
