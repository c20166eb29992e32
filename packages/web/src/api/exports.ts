import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

const base = "/api/stoa/v1/account/exports";

/** Everything that is kept about oneself, as a zip. */
export interface DataExport {
  readonly id: number;
  readonly created_at: string;
  /** Null while it is being made. */
  readonly ready_at: string | null;
  readonly expires_at: string | null;
  /** Bytes. */
  readonly size: number | null;
}

export const exportsQuery = queryOptions({
  queryKey: ["account", "exports"],
  queryFn: ({ signal }) => call<{ items: readonly DataExport[] }>("GET", base, { signal }),
  refetchInterval: ({ state: { data } }) => (data?.items.some(({ ready_at }) => ready_at === null) ? 3_000 : false),
});

export const requestExport = () => call<{ id: number; operation_id: string }>("POST", base, { body: {} });

export const exportAddress = (id: number) => `${base}/${id}/download`;
