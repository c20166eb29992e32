import type { Person } from "../api/types.ts";

/** Their state in a list: a planned deletion says more than that the account still works. */
export function accountState({ status, deletion_due_at }: Pick<Person, "status" | "deletion_due_at">): string {
  return deletion_due_at !== null && status !== "deleted" ? "leaving" : status;
}

/** Keys of what makes an account less safe, under `people`; nothing of one that nobody can use. */
export function accountMarks(
  person: Pick<Person, "status" | "second_factor" | "email_verified">,
): ("noSecondFactor" | "emailUnverified")[] {
  if (person.status === "deleted" || person.status === "deactivated") return [];
  return [
    ...(person.second_factor ? [] : (["noSecondFactor"] as const)),
    // A pending account's state says it already.
    ...(person.email_verified || person.status === "pending" ? [] : (["emailUnverified"] as const)),
  ];
}
