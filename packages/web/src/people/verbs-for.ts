import type { PeopleState } from "../api/people.ts";
import type { ListedPerson } from "../api/types.ts";

const ofState: Partial<Record<PeopleState, ListedPerson["status"]>> = {
  active: "active",
  this_week: "active",
  earlier: "active",
  never: "active",
  pending: "pending",
  deactivated: "deactivated",
  deleted: "deleted",
};

/**
 * Which of them would change anybody: nobody active is offered to be activated.
 * @param known those of them that are loaded
 * @param count how many they are
 */
export function verbsFor(known: readonly Pick<ListedPerson, "status">[], count: number, state?: PeopleState) {
  const listed = state === undefined ? undefined : ofState[state];
  const seen = new Set(known.map(({ status }) => status));
  // Of those not loaded the list tells, or else they may be anything.
  const has = (status: ListedPerson["status"]) =>
    seen.has(status) || (known.length < count && (listed === undefined || listed === status));
  return {
    approve: has("pending"),
    activate: has("pending") || has("deactivated"),
    deactivate: has("active"),
  };
}
