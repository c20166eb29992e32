import type { Config } from "../../config/schema.ts";
import type { Room } from "../../storage/storage.ts";
import { StorageFull } from "./storage-full.ts";

/** How much people may write: the storage domain knows, where they have a quota. */
export interface StorageRoom {
  /** Null: nothing is known, and they may take what the disk has. */
  of(accountId: number): Promise<Room | null>;
  /** Has their use counted anew, in the background. */
  recount(accountId: number): void;
  /** Something was not written for want of room; left out: nobody wants to know. */
  refused?(accountId: number, figures: { readonly used: number; readonly allowed: number }): void;
  /** Where a person gets out of being full: the portal's origin. */
  address(): string;
}

/** Where nobody has a quota. */
export const anyRoom: StorageRoom = { of: async () => null, recount: () => undefined, address: () => "" };

/** What needs to know it. */
interface WithRoom {
  readonly room: StorageRoom;
  readonly config: Pick<Config, "storage">;
}

/** What this server let in since a figure was counted; a count that changes nothing leaves no trace, so for a while only. */
interface Admitted {
  readonly countedAt: number;
  readonly until: number;
  bytes: number;
}

const ADMITTED_MS = 5 * 60_000;
const admittedOf = new WeakMap<StorageRoom, Map<number, Admitted>>();

/**
 * Refuses what can't fit, before its first byte comes. A figure that is too old decides nothing: it is counted anew.
 * @param bytes that will come; null when nobody says how many: refused only where nothing fits any more
 * @throws StorageFull with the figures
 */
export async function requireStorage(context: WithRoom, accountId: number, bytes: number | null): Promise<void> {
  const left = await storageLeft(context, accountId);
  if (left === null) return;
  if (bytes === null ? left <= 0 : bytes > left) {
    // What was let in and not written after all counts no longer than it must.
    context.room.recount(accountId);
    throw await storageFull(context, accountId, bytes);
  }
  await admit(context.room, accountId, bytes ?? 0);
}

/** Bytes that somebody may still write; below zero: over. Null: nothing is known, or nothing that still counts. */
export async function storageLeft({ room, config }: WithRoom, accountId: number): Promise<number | null> {
  const now = await room.of(accountId);
  if (now === null || now.asOf === null) return null;
  if (Date.now() - now.asOf.getTime() > config.storage.usageMaxAgeSeconds * 1000) {
    room.recount(accountId);
    return null;
  }
  return now.allowed - now.used - (admitted(room, accountId, now.asOf)?.bytes ?? 0);
}

/** The refusal, as its person reads it. */
export async function storageFull(
  { room }: Pick<WithRoom, "room">,
  accountId: number,
  needed: number | null,
): Promise<StorageFull> {
  const now = (await room.of(accountId)) ?? { used: 0, allowed: 0, setBy: null, asOf: null };
  room.refused?.(accountId, { used: now.used, allowed: now.allowed });
  const letIn = now.asOf === null ? 0 : (admitted(room, accountId, now.asOf)?.bytes ?? 0);
  return new StorageFull({ ...now, letIn, needed, address: room.address() });
}

function admitted(room: StorageRoom, accountId: number, countedAt: Date): Admitted | null {
  const one = admittedOf.get(room)?.get(accountId);
  return one !== undefined && one.countedAt === countedAt.getTime() && one.until > Date.now() ? one : null;
}

/** Notes what somebody has written since their use was counted. */
export async function admit(room: StorageRoom, accountId: number, bytes: number): Promise<void> {
  const countedAt = (await room.of(accountId))?.asOf;
  if (!countedAt || bytes === 0) return;
  const all = admittedOf.get(room) ?? new Map<number, Admitted>();
  admittedOf.set(room, all);
  const one = admitted(room, accountId, countedAt);
  if (one !== null) one.bytes += bytes;
  else all.set(accountId, { countedAt: countedAt.getTime(), until: Date.now() + ADMITTED_MS, bytes });
}
