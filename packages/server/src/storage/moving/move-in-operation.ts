import { setTimeout as sleep } from "node:timers/promises";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import { shownBytes } from "../../platform/shown-bytes.ts";
import { publishChange, type StorageContext } from "../context.ts";
import type { HousingNeeds, MoveInSize } from "../housing/contract.ts";
import { directoryFor } from "../housing/home-directory.ts";
import { effectiveQuota, findById, lockById } from "../subjects/queries.ts";
import { type MoveRow, type StorageTrx, type SubjectRow, widen } from "../tables.ts";
import { MOVING } from "./gate.ts";
import { forgetMove, holdsUp, lockMoves, moveOf, noteMoved, writersOf } from "./move-rows.ts";

export const MOVE_IN_KIND = "storage.move_in";
/** Longer than what a killed server was working on holds it up. */
const WRITERS_MS = 150_000;
const LOOK_EVERY_MS = 500;
/** Between what the measure says and the switch. */
const COPIED_AT_PERCENT = 98;

type Moving = Pick<StorageContext, "db" | "driver" | "platform" | "known"> & { readonly needs: HousingNeeds };
/** Forgets where the account's workspaces lay. */
type Forget = (accountId: number) => void;

/**
 * Moves what somebody has into their storage. Nobody works on their files from its first step to its end. Up to the
 * switch it changes nothing that anybody looks at, and can be called off; from then on it is only ever finished.
 */
export function moveInKind(context: Moving, forget: Forget): OperationKind {
  return {
    kind: MOVE_IN_KIND,
    // A server that was killed counts as one: who restarts theirs often is not left with a move that was given up.
    attempts: 10,
    heartbeatSeconds: 60,
    expireSeconds: 7 * 24 * 3_600,
    concurrency: 1,
    exclusive: true,
    cancellable: true,
    async run(run) {
      const { move, subject, directory } = await begin(context, run);
      const { account_id: accountId } = move;
      if (move.state === "copying") {
        const size = await copy(context, run, accountId, subject, directory);
        await run.step("all is copied; switching over", (trx) => toSwitching(widen(trx), move, size));
      }
      // A cancel that comes now comes too late.
      if (move.state !== "moved") {
        const work = switchOver(context, move, directory, forget);
        switching.set(accountId, work);
        await work.finally(() => switching.delete(accountId));
      }
      const done = await moveOf(context.db, accountId);
      return { files: done?.files ?? 0, bytes: done?.bytes ?? 0 };
    },
    async settle(run) {
      const move = await moveOf(context.db, accountOf(run));
      if (move === null || move.operation_id !== run.operation.id || move.state === "moved") return;
      await putInOrder(context, move, run.signal, forget);
    },
  };
}

/** Switches of this process: whoever puts one in order waits for it first. */
const switching = new Map<number, Promise<void>>();

/**
 * What a move that does not go on has left: on the disk it was switched over, or it was not; only what nobody looks at
 * is removed.
 */
export async function putInOrder(context: Moving, move: MoveRow, signal: AbortSignal, forget: Forget): Promise<void> {
  const { needs, db } = context;
  await switching.get(move.account_id)?.catch(() => undefined);
  if ((await needs.houses.placeOf(move.account_id)) === "inside") {
    await noteMoved(db, move);
    await forgetMove(db, move);
    forget(move.account_id);
    return;
  }
  const subject = move.subject_id === null ? null : await findById(db, move.subject_id);
  const directory = subject === null ? null : await directoryFor(context, subject).catch(() => null);
  // What can't be removed now, is when they are moved the next time.
  if (directory !== null) {
    await needs.houses.moving.discard(move.account_id, directory, signal).catch((error: unknown) => {
      context.platform.log.warn({ err: error, account: move.account_id }, "a copy that is not needed stays");
    });
  }
  await forgetMove(db, move);
}

interface Begun {
  readonly move: MoveRow;
  readonly subject: SubjectRow;
  readonly directory: string;
}

/** From here on nobody begins anything on their files. */
async function begin(context: Moving, run: OperationRun): Promise<Begun> {
  const accountId = accountOf(run);
  const subjectId = Number(run.operation.subject.id);
  const before = await moveOf(context.db, accountId);
  if (before !== null && before.operation_id !== run.operation.id && !before.isLive && before.state !== "moved") {
    await putInOrder(context, before, run.signal, () => undefined);
  }
  const { move, subject } = await run.step(null, async (given) => {
    const trx = widen(given);
    const live = await context.needs.lockLiveSessions(trx, accountId);
    await lockMoves(trx, accountId, "alone");
    const row = await requireTheirs(trx, subjectId, accountId);
    const present = await moveOf(trx, accountId);
    const own = present !== null && present.operation_id === run.operation.id ? present : null;
    if (own !== null && own.state !== "copying") return { move: own as MoveRow, subject: row };
    if (own === null && holdsUp(present)) throw conflict("They are being moved already");
    if (own === null && present !== null) {
      throw conflict("The folders of an earlier move are still kept: remove them first");
    }
    // Also of one that is begun anew: as long as it had ended, it kept nobody away.
    if (live > 0) throw conflict(`${live} sessions of theirs run. End them first`);
    if (own !== null) return { move: own as MoveRow, subject: row };
    const begun = await trx
      .insertInto("storage_moves")
      .values({
        ...{ account_id: accountId, subject_id: subjectId, operation_id: run.operation.id, state: "copying" },
        ...{ moved_at: null, purge_at: null },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const { events } = context.platform;
    const of = { kind: "storage", id: String(subjectId) };
    await events.publish(trx, { type: MOVING, subject: of, audience: "internal", data: { account_id: accountId } });
    await publishChange(context, trx, row);
    return { move: begun, subject: row };
  });
  const place = await context.needs.houses.placeOf(accountId);
  // With this setting nobody's work on files asks whether they are being moved.
  if (place !== "inside" && context.platform.config.storage.workspaces !== "inside") {
    throw conflict("Workspaces lie apart here (STORAGE_WORKSPACES)");
  }
  if (move.state === "copying" && place !== "apart") throw conflict("Their workspaces don't lie apart");
  return { move, subject, directory: await directoryFor(context, subject) };
}

async function copy(
  context: Moving,
  run: OperationRun,
  accountId: number,
  subject: SubjectRow,
  directory: string,
): Promise<MoveInSize> {
  const { moving } = context.needs.houses;
  await run.progress(0, "waiting until what is under way on their files has ended");
  await untilNobodyWrites(context, run, accountId);
  await run.progress(1, "measuring");
  const size = await moving.measure(accountId, directory, run.signal);
  requireRoom(context, subject, size);
  const all = Math.max(1, size.files + size.folders);
  const copied = await moving.stage(accountId, directory, run.signal, (files) => {
    run.progress(Math.min(COPIED_AT_PERCENT, 2 + (files / all) * 96), "copying").catch(() => undefined);
  });
  run.signal.throwIfAborted();
  return copied;
}

async function untilNobodyWrites({ db }: Moving, { signal }: OperationRun, accountId: number): Promise<void> {
  for (const until = Date.now() + WRITERS_MS; (await writersOf(db, accountId)) > 0; ) {
    if (Date.now() > until) throw conflict("Work on their files does not end: uploads, downloads or copies");
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Both counts are as old as they are: where the kernel holds a quota, it has the last word. */
function requireRoom({ driver }: Moving, subject: SubjectRow, { bytes, disk }: MoveInSize): void {
  const needed = subject.used_kind === "quota" ? disk : bytes;
  const quota = effectiveQuota(subject);
  if (quota > 0 && needed > quota - subject.used) {
    throw conflict(
      `It takes ${shownBytes(needed)}, and ${shownBytes(subject.used)} of the quota of ${shownBytes(quota)} are used. Raise the quota to ${shownBytes(subject.used + needed)} first`,
    );
  }
  const { free } = driver.state;
  if (free !== null && disk > free) {
    throw conflict(`It takes ${shownBytes(disk)}, and ${shownBytes(free)} are free where their storage lies`);
  }
}

/** The last moment in which it may be called off. */
async function toSwitching(trx: StorageTrx, move: MoveRow, size: MoveInSize): Promise<void> {
  await requireTheirs(trx, move.subject_id ?? 0, move.account_id);
  const row = await trx
    .updateTable("storage_moves")
    .set({ state: "switching", files: size.files, bytes: size.bytes })
    .where("account_id", "=", move.account_id)
    .where("operation_id", "=", move.operation_id)
    .where("state", "=", "copying")
    .returning("account_id")
    .executeTakeFirst();
  if (row === undefined) throw conflict("It was given up in the meantime");
}

async function switchOver(context: Moving, move: MoveRow, directory: string, forget: Forget): Promise<void> {
  const { houses } = context.needs;
  const { account_id: accountId } = move;
  if ((await houses.placeOf(accountId)) !== "inside") {
    await houses.moving.place(accountId, directory);
    await requireWanted(context, move);
    const place = await houses.moving.switchOver(accountId, directory);
    if (place !== "inside") throw new Error(`workspaces of account ${accountId} lie ${place} after they were moved`);
  }
  await noteMoved(context.db, move);
  forget(accountId);
  await context.db.transaction().execute(async (trx) => {
    const subject = await findById(trx, move.subject_id ?? 0);
    if (subject !== null) await publishChange(context, trx, subject);
  });
}

/** That took its time: a server that was thought dead does not switch what another has given up, and people write to. */
async function requireWanted({ db }: Moving, { account_id: accountId, operation_id: id }: MoveRow): Promise<void> {
  const now = await moveOf(db, accountId);
  if (now === null || now.operation_id !== id || !holdsUp(now)) throw conflict("It was given up in the meantime");
}

async function requireTheirs(trx: StorageTrx, subjectId: number, accountId: number): Promise<SubjectRow> {
  const row = await lockById(trx, subjectId);
  if (row === null || row.deleted_at !== null || row.account_id !== accountId) {
    throw conflict("This storage is not linked to them any more");
  }
  return row;
}

function accountOf(run: OperationRun): number {
  return Number((run.operation.input as JsonObject).account_id);
}

function conflict(problem: string): StoaError {
  return new StoaError("conflict", { details: { problem } });
}
