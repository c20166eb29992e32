import type { Account } from "../../accounts/accounts.ts";
import type { OutboundAnswer, OutboundClient } from "../../platform/outbound/contract.ts";
import { resolverLookup } from "../../platform/outbound/resolver-lookup.ts";
import { isTold, type WebhooksContext } from "../context.ts";
import { goodSecrets } from "../endpoints/secrets.ts";
import type { DeliveryRow, EndpointRow } from "../tables.ts";
import type { Claim } from "./claim.ts";
import { type Problem, problemOfError, problemOfStatus } from "./problems.ts";
import { signedHeaders } from "./signature.ts";

/** Milliseconds for one attempt, from the connection to the end of the answer. */
export const TIMEOUT_MS = 10_000;
/** Bytes of an answer that are read. */
const READ_BYTES = 16 * 1024;
/** Characters of it that are kept for the log. */
const KEPT_CHARACTERS = 1_000;

/** How an attempt went. */
export interface Attempted {
  readonly at: Date;
  readonly durationMs: number;
  /** Null: no answer. */
  readonly status: number | null;
  /** Null: it arrived. */
  readonly problem: Problem | null;
  readonly answer: string | null;
  readonly retryAfter: string | null;
}

/** What is to be sent where; a string: why it is not sent at all. */
export type Sendable =
  | { readonly endpoint: EndpointRow; readonly delivery: DeliveryRow; readonly secrets: readonly string[] }
  | "account_inactive"
  | "not_admin";

/** All endpoints through one client: each attempt connects anew or on a connection that was checked when it was made. */
export function createWebhookClient(
  { platform, targets }: Pick<WebhooksContext, "platform" | "targets">,
  concurrency: number,
): OutboundClient {
  return platform.outbound({
    name: "webhooks",
    baseUrl: "https://each-has-its-own.invalid/",
    timeoutMs: TIMEOUT_MS,
    attempts: 1,
    concurrency,
    queue: concurrency,
    maxResponseBytes: READ_BYTES,
    cutsAnswers: true,
    breaker: null,
    publicOnly: true,
    privateHosts: targets.privateHosts,
    lookup: resolverLookup(),
    headers: { "user-agent": "Stoa-Webhooks/1", "content-type": "application/json", accept: "*/*" },
  });
}

/** Reads what was claimed, and looks whether its owner may still be told. Null: it is gone, or claimed by another. */
export async function lookAt(context: WebhooksContext, claim: Claim): Promise<Sendable | null> {
  const { db, people } = context;
  const delivery = await db
    .selectFrom("webhook_deliveries")
    .selectAll()
    .where("id", "=", claim.id)
    .where("claimed_by", "=", claim.token)
    .executeTakeFirst();
  const endpoint = await db
    .selectFrom("webhook_endpoints")
    .selectAll()
    .where("id", "=", claim.endpoint_id)
    .executeTakeFirst();
  if (delivery === undefined || endpoint === undefined) return null;
  const refused = refusalFor((await people.get(endpoint.account_id)) ?? null, endpoint, delivery);
  return refused ?? { endpoint, delivery, secrets: await goodSecrets(context, endpoint.id) };
}

function refusalFor(
  owner: Account | null,
  { everybody }: Pick<EndpointRow, "everybody">,
  { for_admin }: Pick<DeliveryRow, "for_admin">,
): "account_inactive" | "not_admin" | null {
  if (owner === null || !isTold(owner)) return "account_inactive";
  return for_admin && !(owner.isAdmin && everybody) ? "not_admin" : null;
}

/** One attempt, which never throws: what went wrong is what it returns. */
export async function attempt(
  context: Pick<WebhooksContext, "targets" | "now">,
  client: Pick<OutboundClient, "call">,
  { endpoint, delivery, secrets }: Exclude<Sendable, string>,
): Promise<Attempted> {
  const at = context.now();
  const started = performance.now();
  const done = (rest: Omit<Attempted, "at" | "durationMs">): Attempted => ({
    ...{ at, durationMs: Math.round(performance.now() - started) },
    ...rest,
  });
  const nothing = { status: null, answer: null, retryAfter: null };
  // Settings may have changed since it was entered.
  if (context.targets.problemOf(endpoint.url) !== null) {
    return done({ ...nothing, problem: { code: "not_allowed", detail: null } });
  }
  try {
    const headers = signedHeaders(secrets, { id: delivery.event_id, at, body: delivery.body });
    const answer = await client.call({ method: "POST", path: "", url: endpoint.url, body: delivery.body, headers });
    return done(seen(answer));
  } catch (error) {
    return done({ ...nothing, problem: problemOfError(error, TIMEOUT_MS) });
  }
}

function seen({
  status,
  headers,
  body,
}: OutboundAnswer): Pick<Attempted, "status" | "problem" | "answer" | "retryAfter"> {
  return {
    status,
    problem: problemOfStatus(status, headers.location),
    // PostgreSQL can't hold the one character.
    answer: body.toString("utf8").slice(0, KEPT_CHARACTERS).toWellFormed().replaceAll("\u0000", "\ufffd"),
    retryAfter: headers["retry-after"] ?? null,
  };
}
