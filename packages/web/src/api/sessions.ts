import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, callBytes } from "./client.ts";
import type { OptionValue, Page, Parameter, Session, SessionType } from "./types.ts";

const base = "/api/stoa/v1/sessions";

export const isLive = (session: Session) => session.status !== "complete" && session.status !== "failed";

/** Own sessions, newest first; `all` is for admins. */
export const sessionsQuery = (filter: { all?: boolean; live?: boolean; workspace_id?: number } = {}) =>
  infiniteQueryOptions({
    queryKey: ["sessions", "list", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Session>>("GET", base, { query: { ...filter, cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export const sessionOneQuery = (id: number) =>
  queryOptions({
    queryKey: ["sessions", "one", id],
    queryFn: ({ signal }) => call<Session>("GET", `${base}/${id}`, { signal }),
  });

/** Bytes of output that a page begins with, the last ones. */
const shownOutput = 1_000_000;

/** What a session printed, in the pieces in which it was read; `at` and the others count bytes. */
export interface SessionLog {
  readonly parts: readonly { readonly at: number; readonly text: string }[];
  /** Where what comes next begins. */
  readonly next: number;
}

/** Its end at first, then only what is new. */
export const logQuery = (id: number) => {
  const queryKey = ["sessions", "log", id];
  return queryOptions({
    queryKey,
    queryFn: async ({ client, signal }): Promise<SessionLog> => {
      const known = client.getQueryData<SessionLog>(queryKey);
      const address = `${logAddress(id)}?offset=${known?.next ?? -shownOutput}`;
      const answer = await callBytes(address, { signal });
      const at = Number(answer.headers.get("stoa-log-offset"));
      const next = Number(answer.headers.get("stoa-log-next-offset"));
      const text = await answer.text();
      return { parts: text === "" ? (known?.parts ?? []) : [...(known?.parts ?? []), { at, text }], next };
    },
  });
};

export const logAddress = (id: number) => `${base}/${id}/log`;

/** A one-time address of the session's own origin. */
export const openTicket = (id: number) =>
  call<{ url: string; expires_at: string }>("POST", `${base}/${id}/ticket`, { body: {} });

/** What can be started, each with the reason when one may not. */
export const sessionTypesQuery = queryOptions({
  queryKey: ["session-types"],
  queryFn: async ({ signal }) => {
    const { items } = await call<{ items: SessionType[] }>("GET", "/api/stoa/v1/session-types", { signal });
    // What can be opened stands first.
    return items.toSorted((a, b) => Number(b.has_terminal) - Number(a.has_terminal));
  },
  staleTime: 600_000,
});

/** Contract 3's call: what can be chosen about resources. */
export const parametersQuery = queryOptions({
  queryKey: ["parameters"],
  queryFn: async ({ signal }) => {
    const answer = await call<{ data: { parameters: Parameter[] } }>("GET", "/parameters/", { signal });
    return answer.data.parameters;
  },
  staleTime: 600_000,
});

export type ResourceOptions = Readonly<Record<string, OptionValue>>;

/** What of kept or told options a start may ask for again. */
export const givenOptions = (options: object): ResourceOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined));

/** @param folder of the workspace, to start in; null: its root. Terminals only. */
export const startSession = (
  workspaceId: number,
  jobType: string,
  options: ResourceOptions = {},
  folder: string | null = null,
) =>
  call<Session>("POST", base, {
    body: {
      workspace_id: workspaceId,
      job_type: jobType,
      resource_options: options,
      ...(folder === null ? {} : { folder }),
    },
  });

export const stopSession = (id: number) => call<{ state: string }>("POST", `${base}/${id}/stop`, { body: {} });
