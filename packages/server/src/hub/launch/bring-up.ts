import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject, OperationRun } from "../../platform/operations/contract.ts";
import { HubRefusal, knownServers } from "../client/contract.ts";
import type { HubContext } from "../context.ts";
import { observeIn, type Seen, stateOf, timeOfDatabase } from "../servers/observe.ts";
import { unwishStop } from "../servers/stops.ts";
import { type HubTrx, type HubUserRow, widen } from "../tables.ts";
import { noteMissing } from "../users/queries.ts";
import { ensureUser } from "../users/settle-user.ts";
import { stillOurs } from "../users/still-ours.ts";
import { LaunchProblem, problemOf } from "./causes.ts";
import { followStart } from "./follow.ts";
import { type LaunchChange, launchOf, noteAsking, noteLaunch } from "./launch-rows.ts";
import { launchWords } from "./launch-words.ts";

/** A hub that stays away for so long before it has been asked is given up; it may be back by then from a restart. */
const PATIENCE_MS = 60_000;
/** Starts of one launch that the hub took on and then knew nothing of. */
const MOST_ASKS = 3;
const STOPPING_LOOK_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** For a hub that is away: once it is back, people wait for this. */
const LONGEST_AWAY_MS = 3_000;

export interface Wish {
  readonly accountId: number;
  readonly server: string;
  /** The end of the whole launch's time, ms since the epoch: for all its tries and workers together. */
  readonly until: number;
}

/**
 * Looks how somebody's server stands, and does what is next, until it is ready: one that starts already is adopted,
 * whoever asked for it. The hub's state is the truth; nothing is asked for that it has.
 * @throws LaunchProblem
 */
export async function bringUp(context: HubContext, run: OperationRun, wish: Wish): Promise<JsonObject> {
  const budget = AbortSignal.timeout(Math.max(1, wish.until - Date.now()));
  const signal = AbortSignal.any([run.signal, budget]);
  const launch = new Launch(context, run, wish, signal);
  let awaySince: number | null = null;
  let last: LaunchProblem | null = null;
  for (let tries = 0; ; tries++) {
    try {
      const done = await launch.look();
      if (done !== null) return done;
      [awaySince, last, tries] = [null, null, 0];
    } catch (error) {
      run.signal.throwIfAborted();
      if (budget.aborted) throw last?.kind === "hub_down" ? last : new LaunchProblem("too_slow");
      const wait = waitMs(error, tries);
      last = problemOf(error);
      if (wait === null || last === null) throw error;
      // One that is full, or still ends the last server, is there.
      awaySince = last.kind === "hub_down" ? (awaySince ?? Date.now()) : null;
      if (awaySince !== null && Date.now() - awaySince > PATIENCE_MS && !launch.asked) throw last;
      await launch.waitsFor(last);
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Milliseconds until the next look; null: waiting mends nothing. */
function waitMs(error: unknown, tries: number): number | null {
  const usual = (longest: number) => Math.min(longest, 1_000 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random() / 2);
  if (error instanceof HubRefusal && error.kind === "at_capacity") {
    return error.retryAfter === null ? usual(LONGEST_WAIT_MS) : Math.max(1, error.retryAfter) * 1_000;
  }
  if (error instanceof HubRefusal && error.kind === "stopping") return STOPPING_LOOK_MS;
  return problemOf(error)?.kind === "hub_down" ? usual(LONGEST_AWAY_MS) : null;
}

/** One launch under way in this process. */
class Launch {
  readonly #context: HubContext;
  readonly #run: OperationRun;
  readonly #wish: Wish;
  readonly #signal: AbortSignal;
  #asks = 0;
  #noted = false;
  /** What its page was last told to wait for. */
  #told: string | null = null;
  /** In a row, until now. */
  #shortFollows = 0;

  constructor(context: HubContext, run: OperationRun, wish: Wish, signal: AbortSignal) {
    [this.#context, this.#run, this.#wish, this.#signal] = [context, run, wish, signal];
  }

  /** Whether the hub has taken it on, by this process's knowledge. */
  get asked(): boolean {
    return this.#noted;
  }

  /** One look and one act; the result, once it is there. */
  async look(): Promise<JsonObject | null> {
    this.#signal.throwIfAborted();
    await this.#requireWanted();
    const user = await ensureUser(this.#context, this.#wish.accountId);
    const { client, db } = this.#context;
    if (client === null) throw new LaunchProblem("no_hub");
    const asOf = await timeOfDatabase(db);
    const hubUser = await client.user(user.name);
    if (hubUser === null) {
      await noteMissing(db, user);
      return null;
    }
    await stillOurs(this.#context, user, hubUser);
    const seen = knownServers(hubUser).get(this.#wish.server) ?? null;
    const state = stateOf(seen);
    if (seen !== null && state === "ready") return this.#arrived(user, seen, asOf);
    if (state === "stopping") {
      await this.#stillEnding();
    } else if (state === "starting") await this.#follow(user, seen, asOf);
    else await this.#ask(user, seen, asOf);
    return null;
  }

  /**
   * Whose account is closed, or whose launch this is no longer, is not brought back at the hub. What it has started is
   * ended with the account's servers.
   * @throws LaunchProblem cancelled
   */
  async #requireWanted(): Promise<void> {
    const { accountId, server } = this.#wish;
    const row = await launchOf(this.#context.db, accountId, server);
    const isOurs = row?.operation_id === this.#run.operation.id && row.state !== "cancelled";
    const account = isOurs ? await this.#context.people.get(accountId) : null;
    if (account?.active !== true) throw new LaunchProblem("cancelled");
  }

  /** What hinders it now, for its page: it goes on by itself. */
  async waitsFor(problem: LaunchProblem): Promise<void> {
    const told = `${problem.kind} ${problem.said}`;
    if (told === this.#told) return;
    await this.#note(launchWords(problem.kind, "en"), {
      state: this.#noted ? "asked" : "queued",
      cause: problem.kind,
      said: problem.said,
    });
    this.#told = told;
  }

  async #ask(user: HubUserRow, seen: Seen, asOf: Date): Promise<void> {
    const { client } = this.#context;
    const { accountId, server } = this.#wish;
    const room = this.#context.roomOf(accountId);
    if (room?.level === "over") throw new LaunchProblem("over_quota", `${room.used} of ${room.allowed} bytes`);
    if (this.#asks >= MOST_ASKS) throw new LaunchProblem("died");
    const isFree = await this.#run.step(null, async (plain) => {
      const trx = widen(plain);
      // The last one has ended; what somebody wished of it is not meant for this one.
      await observeIn(this.#context, trx, user.name, server, seen, asOf);
      if (!(await unwishStop(trx, user.name, server))) return false;
      if (!(await noteAsking(trx, this.#run.operation.id))) throw new LaunchProblem("cancelled");
      return true;
    });
    if (!isFree) return this.#stillEnding();
    await client?.startServer(user.name, server);
    this.#asks += 1;
    await this.#tookOn("JupyterHub was asked to start the server", null);
  }

  async #stillEnding(): Promise<void> {
    await this.#run.progress(null, "Your last server is still ending");
    await delay(STOPPING_LOOK_MS, undefined, { signal: this.#signal });
  }

  async #follow(user: HubUserRow, seen: Seen, asOf: Date): Promise<void> {
    const { client } = this.#context;
    const { server } = this.#wish;
    if (client === null) throw new LaunchProblem("no_hub");
    const observe = (trx: HubTrx) => observeIn(this.#context, trx, user.name, server, seen, asOf);
    await this.#tookOn(this.#noted ? null : "A start that was under way already is followed", observe);
    const wasShort = await followStart({
      ...{ client, name: user.name, server, signal: this.#signal, short: this.#shortFollows },
      onProgress: ({ percent, message }) => this.#run.progress(percent, message),
    });
    this.#shortFollows = wasShort ? this.#shortFollows + 1 : 0;
  }

  async #tookOn(note: string | null, also: ((trx: HubTrx) => Promise<unknown>) | null): Promise<void> {
    const known = this.#noted;
    this.#noted = true;
    if (!known || also !== null) await this.#note(note, known ? null : { state: "asked" }, also);
  }

  /** @returns null: it is being ended this moment */
  async #arrived(user: HubUserRow, seen: NonNullable<Seen>, asOf: Date): Promise<JsonObject | null> {
    const { server } = this.#wish;
    // Whoever launches wants it: one that was to be ended, and was not yet, stays.
    if (!(await this.#run.step(null, (trx) => unwishStop(widen(trx), user.name, server)))) {
      await this.#stillEnding();
      return null;
    }
    await this.#note("The server is ready", { state: "ready" }, (trx) =>
      observeIn(this.#context, trx, user.name, server, seen, asOf),
    );
    return { user: user.name, server, url: seen.url };
  }

  async #note(
    words: string | null,
    change: LaunchChange | null,
    also: ((trx: HubTrx) => Promise<unknown>) | null = null,
  ): Promise<void> {
    this.#told = null;
    await this.#run.step(words, async (plain) => {
      const trx = widen(plain);
      await also?.(trx);
      if (change !== null) await noteLaunch(this.#context, trx, this.#run.operation.id, change);
    });
  }
}
