import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

const own = "/api/stoa/v1/account/deletion";
const ofPerson = (id: number) => `/api/stoa/v1/people/${id}/deletion`;

/** A dry run: what would go, and what stands in the way. */
export interface DeletionPlan {
  /** By domain: how many, how many bytes. */
  readonly owned: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly blocked: "last_admin" | "account_deleted" | null;
  readonly grace_days: number;
  /** Null: nobody asked. */
  readonly due_at: string | null;
  /** Only an administrator cancels it then. */
  readonly by_admin: boolean;
}

interface Asked {
  readonly due_at: string;
  readonly operation_id: string;
}

export const deletionPlanQuery = queryOptions({
  queryKey: ["account", "deletion"],
  queryFn: ({ signal }) => call<DeletionPlan>("GET", own, { signal }),
});

/** @param code of the second factor, where there is one */
export const askForDeletion = (current_password: string, code: string) =>
  call<Asked>("POST", own, { body: { current_password, ...(code === "" ? {} : { code }) } });

/** Keeps the account, as long as its deletion has not begun. */
export const cancelDeletion = () => call<unknown>("POST", `${own}/cancel`, { body: {} });

export const personDeletionQuery = (id: number) =>
  queryOptions({
    queryKey: ["people", "deletion", id],
    queryFn: ({ signal }) => call<DeletionPlan>("GET", ofPerson(id), { signal }),
  });

export const askForPersonDeletion = (id: number, graceDays: number) =>
  call<Asked>("POST", ofPerson(id), { body: { grace_days: graceDays } });

export const cancelPersonDeletion = (id: number) => call<unknown>("POST", `${ofPerson(id)}/cancel`, { body: {} });
