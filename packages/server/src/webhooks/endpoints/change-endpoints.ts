import type { AuditEntry } from "../../platform/audit/contract.ts";
import { type Caller, publishChange, record, type WebhooksContext } from "../context.ts";
import { holdWaiting, isSentTo, releaseHeld } from "../deliveries/note.ts";
import { WebhookRefusal } from "../refusals.ts";
import type { EndpointRow, WebhooksTrx } from "../tables.ts";
import { countOwn, lockOwn } from "./queries.ts";
import type { EndpointChange, NewEndpoint } from "./schema.ts";
import { makeSecret, refuseWhileOldSigns } from "./secrets.ts";

export type By = Pick<AuditEntry, "actor" | "requestId" | "address">;
export interface WithSecret {
  readonly row: EndpointRow;
  /** Shown this once. */
  readonly secret: string;
}

/** Administrators' own: there is no end of systems that they connect, but there is an end. */
const MOST_OF_ADMIN = 100;

/** Endpoints that somebody may have. */
export function mostOf({ platform }: Pick<WebhooksContext, "platform">, { isAdmin }: Pick<Caller, "isAdmin">): number {
  return isAdmin ? MOST_OF_ADMIN : platform.config.webhooks.perPerson;
}

/** @throws WebhookRefusal the address, too_many, admins_only, everybody_is_for_admins */
export function createEndpoint(
  context: WebhooksContext,
  caller: Caller,
  by: By,
  { name, url, types, description = "", everybody = false, active = true }: NewEndpoint,
): Promise<WithSecret> {
  check(context, caller, { url, everybody });
  return context.db.transaction().execute(async (trx) => {
    const count = await countOwn(trx, caller.accountId);
    const most = mostOf(context, caller);
    if (count >= most) throw new WebhookRefusal(most === 0 ? "admins_only" : "too_many", { count });
    const row = await trx
      .insertInto("webhook_endpoints")
      .values({
        ...{ account_id: caller.accountId, name: name.trim(), url: new URL(url).href, types: [...new Set(types)] },
        ...{ description, everybody, active },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const secret = await makeSecret(context, trx, row.id, context.now());
    await record(context, trx, by, "webhook.create", row, { types: row.types, everybody });
    await publishChange(context, trx, row);
    return { row, secret };
  });
}

/**
 * @param whose it must be; null: anybody's
 * @throws StoaError not_found; WebhookRefusal as above
 */
export function changeEndpoint(
  context: WebhooksContext,
  {
    id,
    whose,
    caller,
    by,
  }: { readonly id: number; readonly whose: number | null; readonly caller: Caller; readonly by: By },
  change: EndpointChange,
): Promise<EndpointRow> {
  check(context, caller, change);
  return context.db.transaction().execute(async (trx) => {
    const before = await lockOwn(trx, id, whose);
    const { name, url, types, ...rest } = change;
    const row = await trx
      .updateTable("webhook_endpoints")
      .set({
        ...rest,
        ...(name === undefined ? {} : { name: name.trim() }),
        ...(url === undefined ? {} : { url: new URL(url).href }),
        ...(types === undefined ? {} : { types: [...new Set(types)] }),
        ...(change.active === true ? switchedOn : {}),
        updated_at: context.now(),
      })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await settleWaiting(context, trx, before, row);
    await record(context, trx, by, "webhook.update", row, { changed: Object.keys(change), active: row.active });
    await publishChange(context, trx, row);
    return row;
  });
}

/** Its deliveries go with it. @throws StoaError not_found */
export function deleteEndpoint(
  context: WebhooksContext,
  { id, whose, by }: { readonly id: number; readonly whose: number | null; readonly by: By },
): Promise<void> {
  return context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, id, whose);
    await trx.deleteFrom("webhook_endpoints").where("id", "=", id).execute();
    await record(context, trx, by, "webhook.delete", row);
    await publishChange(context, trx, row);
  });
}

/**
 * A new secret; the one before signs beside it for a day.
 * @param force also while one before that still signs, which ends at once
 * @throws StoaError not_found; WebhookRefusal old_secret_signs
 */
export function rotateSecret(
  context: WebhooksContext,
  { id, whose, by }: { readonly id: number; readonly whose: number | null; readonly by: By },
  { force }: { readonly force: boolean },
): Promise<WithSecret> {
  return context.db.transaction().execute(async (trx) => {
    const row = await lockOwn(trx, id, whose);
    if (!force) await refuseWhileOldSigns(context, trx, id);
    const secret = await makeSecret(context, trx, id, context.now());
    await record(context, trx, by, "webhook.rotate-secret", row);
    await publishChange(context, trx, row);
    return { row, secret };
  });
}

/** What was given up gets a new chance, with a new count. */
const switchedOn = { disabled_at: null, disabled_why: null, failing_since: null, given_up: 0 } as const;

async function settleWaiting(context: WebhooksContext, trx: WebhooksTrx, before: EndpointRow, after: EndpointRow) {
  if (isSentTo(before) && !isSentTo(after)) await holdWaiting(trx, after.id);
  if (!isSentTo(before) && isSentTo(after)) await releaseHeld(trx, after.id, context.now());
}

function check(
  { targets }: Pick<WebhooksContext, "targets">,
  { isAdmin }: Caller,
  { url, everybody }: Pick<EndpointChange, "url" | "everybody">,
): void {
  const problem = url === undefined ? null : targets.problemOf(url);
  if (problem !== null) throw new WebhookRefusal(problem);
  if (everybody === true && !isAdmin) throw new WebhookRefusal("everybody_is_for_admins");
}
