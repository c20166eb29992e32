import type { Person } from "../api/types.ts";

/**
 * Keys of what keeps somebody from anything at all, under `whyNot`; the checks of a start don't know of it.
 * @param mustVerify whether people may only look until their e-mail address is verified
 */
export function whatHoldsBack(
  person: Pick<Person, "status" | "email_verified" | "deletion_due_at" | "is_admin">,
  mustVerify: boolean,
): ("deactivated" | "pending" | "leaving" | "unverified")[] {
  if (person.status === "deactivated") return ["deactivated"];
  if (person.status === "pending") return ["pending"];
  return [
    ...(person.deletion_due_at === null ? [] : (["leaving"] as const)),
    ...(person.email_verified || person.is_admin || !mustVerify ? [] : (["unverified"] as const)),
  ];
}
