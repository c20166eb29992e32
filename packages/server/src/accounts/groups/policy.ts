import type { Config } from "../../config/schema.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Principal } from "../../platform/principal.ts";
import type { AccountKind, AccountsTrx } from "../tables.ts";
import type { GroupRow } from "./queries.ts";
import { groupRefusal } from "./refusals.ts";

/** Who looks at groups: a person, as the credential says. */
export interface Viewer {
  readonly id: number;
  readonly isAdmin: boolean;
}

/** @throws StoaError forbidden for a service's key: it belongs to nobody */
export function viewerOf(principal: Principal | null): Viewer {
  if (principal?.accountId == null) throw new StoaError("forbidden", { details: { needs: "an account of a person" } });
  return { id: principal.accountId, isAdmin: principal.isAdmin };
}

/**
 * The same as it stands now: who asks may have lost the role, or the account, while the request was under way.
 * The row stays locked against it until the transaction ends.
 */
export async function viewerNow(trx: AccountsTrx, { id }: Viewer): Promise<Viewer> {
  const row = await trx
    .selectFrom("accounts")
    .select("is_admin")
    .where("id", "=", id)
    .where("status", "=", "active")
    .forShare()
    .executeTakeFirst();
  if (!row) throw new StoaError("forbidden", { details: { needs: "an active account" } });
  return { id, isAdmin: row.is_admin };
}

export function mayCreate(viewer: Viewer, { people }: Pick<Config, "people">): boolean {
  return viewer.isAdmin || people.groupCreation === "everyone";
}

export function maySee(viewer: Viewer, group: Pick<GroupRow, "own_role">): boolean {
  return viewer.isAdmin || group.own_role !== null;
}

/** The built-in ones decide over rights of services: administrators' business alone. */
export function mayManage(viewer: Viewer, group: Pick<GroupRow, "own_role" | "built_in">): boolean {
  return viewer.isAdmin || (group.own_role === "owner" && !group.built_in);
}

/** @throws a refusal when an account of this kind has no place in the group, or not as its owner */
export function checkKind(group: Pick<GroupRow, "built_in">, kind: AccountKind, isOwner: boolean): void {
  if (group.built_in && (kind !== "service" || isOwner)) throw groupRefusal("services_only");
  if (!group.built_in && kind === "service") throw groupRefusal("people_only");
}
