import type { Principal } from "../principal.ts";
import type { StoredEvent } from "./contract.ts";

/** Whether somebody outside may see an event: their own, those for everyone, admins all but private ones; internal ones nobody. */
export function maySee(principal: Pick<Principal, "accountId" | "isAdmin">, event: StoredEvent): boolean {
  if (event.audience === "internal") return false;
  if (event.audience === "everyone" || (principal.isAdmin && !event.isPrivate)) return true;
  return principal.accountId !== null && event.audience.includes(principal.accountId);
}
