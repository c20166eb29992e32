import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type HubClient, knownServers } from "../client/contract.ts";
import { withinShare } from "../client/fair-share.ts";
import { pathOfAddress } from "../client/server-address.ts";
import type { Caller, HubContext } from "../context.ts";
import { beginLaunch } from "../launch/begin-launch.ts";
import { LaunchProblem, problemOf } from "../launch/causes.ts";
import { waitForLaunch } from "../launch/wait-for-launch.ts";
import type { HubUserRow } from "../tables.ts";
import { landIn, pathIn, type TokenLimit } from "../tokens/land.ts";
import { lookAtOwn } from "../users/look.ts";
import { noteMissing } from "../users/queries.ts";
import { ensureUser } from "../users/settle-user.ts";
import { ContractLaunchRefused, type Point } from "./words.ts";

/** What contract 2's launch answers. */
export interface ContractLaunch {
  readonly status: "running" | "starting";
  readonly text: "running" | "started" | "pending";
  readonly url: string;
}

/** Milliseconds that the caller waits for the hub to take the start on. */
const ASKED_WITHIN_MS = 12_000;

/** Contract 2's launch: one call that never waits for the server itself. @throws ContractLaunchRefused, StoaError rate_limited */
export async function contractLaunch(
  context: HubContext,
  caller: Caller,
  account: { readonly id: number; readonly username: string },
  limit: TokenLimit,
): Promise<ContractLaunch> {
  const { client } = context;
  if (client === null) throw new ContractLaunchRefused(new LaunchProblem("no_hub"), "look");
  const inShare = <T>(work: () => Promise<T>) => withinShare(client, account.id, work);
  const { user, server } = await inShare(() => settledUser(context, client, account.id));
  const land = (to: string) => inShare(() => landing(context, caller, user, to, limit));
  if (server?.ready === true) return { status: "running", text: "running", url: await land(pathOfAddress(server.url)) };
  const to = pathOfAddress(server?.url ?? `/user/${encodeURIComponent(user.name)}/`);
  // Starting one is worth more than the token that leads in: whoever had too many signs in at the hub.
  const url = await land(to).catch((error: unknown) => withoutToken(error, to));
  if (server?.pending === "spawn") return { status: "starting", text: "pending", url };
  await at("start", () => started(context, caller, account));
  return { status: "starting", text: "started", url };
}

/** Theirs as the hub has it, made again where it was lost there. */
async function settledUser(context: HubContext, client: HubClient, accountId: number) {
  const user = await at("user", () => ensureUser(context, accountId));
  const { seen } = await at("look", () => lookAtOwn(context, client, user));
  if (seen !== null) return { user, server: await at("look", async () => knownServers(seen).get("") ?? null) };
  await noteMissing(context.db, user);
  return { user: await at("user", () => ensureUser(context, accountId)), server: null };
}

function withoutToken(error: unknown, url: string): string {
  if (error instanceof StoaError && error.code === "rate_limited") return pathIn(url);
  throw error;
}

/** Whatever keeps the hub from giving a token keeps nobody from their server: they sign in there themselves. */
async function landing(
  context: HubContext,
  caller: Caller,
  user: HubUserRow,
  url: string,
  limit: TokenLimit,
): Promise<string> {
  try {
    return (await landIn(context, caller, user, "", url, limit)).path;
  } catch (error) {
    if (problemOf(error) === null) throw error;
    context.platform.log.warn({ err: error, user: user.name }, "somebody goes to their server without a token");
    return pathIn(url);
  }
}

/** Begins it, and waits until the hub has taken it on: why it doesn't is this call's answer. */
async function started(
  context: HubContext,
  caller: Caller,
  account: { readonly id: number; readonly username: string },
): Promise<void> {
  await beginLaunch(context, caller, account, "");
  const row = await waitForLaunch(context, account.id, "", ASKED_WITHIN_MS);
  // Once the hub has taken it on, what becomes of it is another call's answer. What it waits for before that keeps it
  // waiting: it goes on by itself, but whoever called is told.
  const isStuck = row?.state === "failed" || row?.state === "queued";
  const cause = row?.cause ?? (row?.state === "failed" ? "spawn_failed" : null);
  if (isStuck && row.asked_at === null && cause !== null) throw new LaunchProblem(cause, row.said ?? "");
}

async function at<T>(point: Point, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(error);
    throw problem === null ? error : new ContractLaunchRefused(problem, point);
  }
}
