import { sql } from "kysely";
import type { JsonObject, OperationKind, OperationRun, OperationTrx } from "../../platform/operations/contract.ts";
import type { Principal } from "../../platform/principal.ts";
import type { AccountPart } from "../account-part.ts";
import type { Actor } from "../actor.ts";
import type { AccountsContext } from "../context.ts";
import { record } from "../record.ts";
import { AccountRefusal } from "../refusals.ts";
import type { AccountsDb, AccountsTrx, AccountTables } from "../tables.ts";
import { zipOf } from "./zip-parts.ts";

const KIND = "account.export";
/** Days that it can be downloaded. */
const OFFERED_DAYS = 7;
/** In 24 hours, of one person. */
const A_DAY = 5;

export interface ExportRow {
  readonly id: number;
  readonly created_at: Date;
  readonly ready_at: Date | null;
  readonly expires_at: Date | null;
  /** Bytes. */
  readonly size: number | null;
}

/** Has everything that is kept about the person gathered in the background. @throws AccountRefusal too_many_exports */
export async function requestExport(
  context: AccountsContext,
  principal: Principal,
  actor: Actor,
): Promise<{ id: number; operationId: string }> {
  const account = { id: principal.accountId ?? -1, username: principal.label };
  return context.db.transaction().execute(async (trx) => {
    // Locked: two at once count each other.
    await trx.selectFrom("accounts").select("id").where("id", "=", account.id).forUpdate().execute();
    const recent = await trx
      .selectFrom("account_exports")
      .select("id")
      .where("account_id", "=", account.id)
      .where("created_at", ">", sql<Date>`now() - interval '1 day'`)
      .execute();
    if (recent.length >= A_DAY) throw new AccountRefusal("too_many_exports", { count: recent.length });
    const { id } = await trx
      .insertInto("account_exports")
      .values({ account_id: account.id })
      .returning("id")
      .executeTakeFirstOrThrow();
    await record(context, trx, { action: "account.export", actor, account, event: "account.changed" });
    const operation = await context.platform.operations.enqueue(trx, {
      kind: KIND,
      subject: { kind: "account", id: String(account.id) },
      actor: { accountId: actor.accountId, label: actor.label },
      input: { export_id: id },
    });
    return { id, operationId: operation.id };
  });
}

/** Those that can still be downloaded, or are being made; newest first. */
export function listExports(db: AccountsDb, accountId: number): Promise<ExportRow[]> {
  return db
    .selectFrom("account_exports")
    .select(["id", "created_at", "ready_at", "expires_at", "size"])
    .where("account_id", "=", accountId)
    .where((e) => e.or([e("expires_at", "is", null), e("expires_at", ">", sql<Date>`now()`)]))
    .orderBy("id", "desc")
    .execute();
}

/**
 * The zip, piece by piece.
 * @throws AccountRefusal no_such_export: another's, not whole yet, over, or none
 */
export async function openExport(
  db: AccountsDb,
  accountId: number,
  id: number,
): Promise<{ size: number; createdAt: Date; pieces: AsyncGenerator<Buffer> }> {
  const found = (await listExports(db, accountId)).find((row) => row.id === id);
  if (!found || found.ready_at === null || found.size === null) throw new AccountRefusal("no_such_export");
  return { size: found.size, createdAt: found.created_at, pieces: piecesOf(db, id) };
}

async function* piecesOf(db: AccountsDb, id: number): AsyncGenerator<Buffer> {
  for (let n = 0; ; n++) {
    const piece = await db
      .selectFrom("account_export_parts")
      .select("bytes")
      .where("export_id", "=", id)
      .where("n", "=", n)
      .executeTakeFirst();
    if (!piece) return;
    yield piece.bytes;
  }
}

/** Begun anew after a crash: what was written before goes first. */
export function exportKind(parts: readonly AccountPart[]): OperationKind {
  async function run(run: OperationRun): Promise<JsonObject> {
    const id = Number(run.operation.input.export_id);
    const accountId = Number(run.operation.subject.id);
    const wanted = await run.step("Gathering what is kept about the person.", (trx) => beginAnew(widen(trx), id));
    if (!wanted) return {};
    let size = 0;
    let n = 0;
    for await (const bytes of zipOf(parts, accountId)) {
      await run.step(null, async (trx) => {
        await widen(trx).insertInto("account_export_parts").values({ export_id: id, n, bytes }).execute();
      });
      size += bytes.length;
      n += 1;
    }
    await run.step(`The export is ready, for ${OFFERED_DAYS} days.`, async (trx) => {
      const expires_at = sql<Date>`now() + make_interval(days => ${OFFERED_DAYS})`;
      const ready = { ready_at: sql<Date>`now()`, expires_at, size };
      await widen(trx).updateTable("account_exports").set(ready).where("id", "=", id).execute();
    });
    return { export_id: id, size };
  }

  return {
    kind: KIND,
    attempts: 4,
    heartbeatSeconds: 30,
    expireSeconds: 1_800,
    concurrency: 1,
    exclusive: true,
    run,
    async settle(run) {
      await run.step("The export did not succeed, and nothing of it is kept.", async (trx) => {
        const id = Number(run.operation.input.export_id);
        await widen(trx).deleteFrom("account_exports").where("id", "=", id).where("ready_at", "is", null).execute();
      });
    },
  };
}

/** False when it is whole already, or nobody wants it any more: the account was deleted. */
async function beginAnew(trx: AccountsTrx, id: number): Promise<boolean> {
  const wanted = await trx
    .selectFrom("account_exports")
    .select("id")
    .where("id", "=", id)
    .where("ready_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (!wanted) return false;
  await trx.deleteFrom("account_export_parts").where("export_id", "=", id).execute();
  return true;
}

function widen(trx: OperationTrx): AccountsTrx {
  return trx.withTables<AccountTables>() as AccountsTrx;
}
