import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

export type QuotaPeriod = "total" | "month";

/** What a person or a group used and may use; decimal texts. */
export interface CoreHours {
  /** Settled, and set aside for sessions that run. */
  readonly used: string;
  readonly reserved: string;
  /** Null: as much as one likes. */
  readonly allowed: string | null;
  readonly left: string | null;
  readonly period: QuotaPeriod | null;
  readonly resets_at: string | null;
  readonly set_by: string | null;
  readonly set_at: string | null;
}

export interface OwnCoreHours {
  readonly person: CoreHours;
  readonly groups: readonly (CoreHours & { readonly group: { readonly id: number; readonly name: string } })[];
}

/** Whose: a person's or a group's, by number. */
export interface Holder {
  readonly kind: "people" | "groups";
  readonly id: number;
}

const ofHolder = ({ kind, id }: Holder) => `/api/stoa/v1/${kind}/${id}/core-hours`;

export const ownCoreHoursQuery = queryOptions({
  queryKey: ["core-hours", "own"],
  queryFn: ({ signal }) => call<OwnCoreHours>("GET", "/api/stoa/v1/core-hours", { signal }),
});

/** For administrators. */
export const coreHoursQuery = (holder: Holder) =>
  queryOptions({
    queryKey: ["core-hours", holder.kind, holder.id],
    queryFn: ({ signal }) => call<CoreHours>("GET", ofHolder(holder), { signal }),
  });

/** @param allowed core hours, a decimal text with up to five places */
export const setCoreHours = (holder: Holder, allowed: string, period: QuotaPeriod) =>
  call<CoreHours>("PUT", ofHolder(holder), { body: { allowed, period } });

export const removeCoreHours = (holder: Holder) => call<void>("DELETE", ofHolder(holder));
