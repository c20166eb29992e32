import type { Room } from "../../storage/storage.ts";
import { type Check, holds, refuses } from "../admission/check.ts";
import type { SessionsContext } from "../context.ts";
import { inPersianDigits } from "../persian-digits.ts";
import { SessionRefused } from "../policy.ts";
import { say } from "../sentences.ts";

const MIB = 2 ** 20;

/**
 * Whether somebody's storage takes what a session writes: in a full one programs fail in the midst, and some don't say
 * why. The way out needs no session.
 */
export function storageCheck({ platform }: Pick<SessionsContext, "platform">, room: Room | null): Check {
  if (room === null || room.asOf === null) return holds("storage", { unit: "bytes" });
  const { used, allowed, setBy } = room;
  const figures = { used: String(used), allowed: String(allowed), unit: "bytes", setBy } as const;
  if (room.level !== "full" && room.level !== "over") return holds("storage", figures);
  const params = {
    used: Math.ceil(used / MIB),
    allowed: Math.floor(allowed / MIB),
    minutes: Math.max(0, Math.floor((Date.now() - room.asOf.getTime()) / 60_000)),
    address: `${platform.addresses.portalOrigin()}/portal/storage`,
  };
  const english =
    setBy === null ? say("storage_full_found", params) : say("storage_full", { ...params, set_by: setBy });
  return refuses("storage", new SessionRefused("conflict", english, inPersian(params, setBy)), figures);
}

/** Nobody writes into workspaces while they are moved into their owner's storage. */
export function movingCheck(isMoving: boolean): Check {
  if (!isMoving) return holds("moving");
  return refuses("moving", new SessionRefused("conflict", say("workspaces_moving"), MOVING_IN_PERSIAN));
}

const MOVING_IN_PERSIAN =
  "فضاهای کار شما به فضای ذخیره‌سازی‌تان منتقل می‌شوند. تا پایان آن هیچ نشستی شروع نمی‌شود؛ بعداً دوباره تلاش کنید.";

type Params = Readonly<Record<"used" | "allowed" | "minutes", number>> & { readonly address: string };

function inPersian(params: Params, setBy: string | null): string {
  const [used, allowed, minutes] = [params.used, params.allowed, params.minutes].map(inPersianDigits);
  const by = setBy === null ? "" : `تعیین‌کننده: ${setBy}، `;
  return (
    `فضای ذخیره‌سازی شما پر است: از ${allowed} مگابایت، ${used} مگابایت پر است (${by}شمارش ${minutes} دقیقه پیش). ` +
    `نخست در ${params.address} جا باز کنید؛ برای آن نشستی لازم نیست.`
  );
}
