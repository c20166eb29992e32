import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, recordChange, type StorageContext } from "../context.ts";
import type { HousingNeeds } from "../housing/contract.ts";
import type { SubjectRow } from "../tables.ts";
import { MOVE_IN_KIND } from "./move-in-operation.ts";
import { holdsUp, moveOf } from "./move-rows.ts";

/** Why somebody's workspaces can't be moved into their storage now. */
export type WhyNot = "off" | "not_linked" | "nothing_apart" | "under_way" | "aside_kept" | "sessions";

const TOLD: Readonly<Record<WhyNot, string>> = {
  off: "Workspaces lie apart here (STORAGE_WORKSPACES)",
  not_linked: "This storage is linked to nobody's account",
  nothing_apart: "Their workspaces don't lie apart",
  under_way: "They are being moved already",
  aside_kept: "The folders of an earlier move are still kept: remove them first",
  sessions: "Sessions of theirs run. End them first",
};

/** What there is to be moved of somebody, and what stands in the way. */
export async function lookAtMoveIn(context: StorageContext, needs: HousingNeeds, row: SubjectRow) {
  const { account_id: accountId } = row;
  const nothing = { workspaces: 0, inTrash: 0, sessions: 0, bytes: 0 };
  const none = { move: null, operationId: null, place: null, ...nothing };
  if (context.platform.config.storage.workspaces !== "inside") return { ...none, whyNot: "off" as WhyNot };
  if (accountId === null || row.kind !== "user") return { ...none, whyNot: "not_linked" as WhyNot };
  const move = await moveOf(context.db, accountId);
  const operationId = await liveOperation(context, row.id);
  const isHeld = holdsUp(move);
  const place = isHeld ? "apart" : await needs.houses.placeOf(accountId);
  const { bytes = 0, ...counts } = place === "apart" ? await needs.belongings(accountId) : nothing;
  return { move, operationId, place, ...counts, bytes, whyNot: whyNot() };

  function whyNot(): WhyNot | null {
    if (isHeld || operationId !== null) return "under_way";
    if (place !== "apart") return "nothing_apart";
    if (move !== null && move.state === "moved") return "aside_kept";
    return counts.sessions > 0 ? "sessions" : null;
  }
}

/** @returns the operation's id. @throws StoaError conflict with the reason */
export async function askMoveIn(
  context: StorageContext,
  needs: HousingNeeds,
  caller: Caller,
  row: SubjectRow,
): Promise<string> {
  const { whyNot } = await lookAtMoveIn(context, needs, row);
  if (whyNot !== null) throw new StoaError("conflict", { details: { problem: TOLD[whyNot], reason: whyNot } });
  const accountId = row.account_id ?? 0;
  return context.db.transaction().execute(async (trx) => {
    await recordChange(context, trx, caller, "storage.move_in", row);
    const operation = await context.platform.operations.enqueue(trx, {
      kind: MOVE_IN_KIND,
      subject: { kind: "storage", id: String(row.id) },
      actor: { ...caller.actor, requestId: caller.requestId, address: caller.address },
      input: { account_id: accountId },
    });
    return operation.id;
  });
}

async function liveOperation({ db }: StorageContext, subjectId: number): Promise<string | null> {
  const row = await db
    .selectFrom("operations")
    .select("id")
    .where("kind", "=", MOVE_IN_KIND)
    .where("subject_id", "=", String(subjectId))
    .where("state", "in", ["queued", "running"])
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}
