import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, callText } from "./client.ts";
import type { JobType, Page, Parameter, Session } from "./types.ts";

const base = "/api/stoa/v1/sessions";

export const isLive = (session: Session) => session.status !== "complete" && session.status !== "failed";

/** Own sessions, newest first; `all` is for admins. */
export const sessionsQuery = (filter: { all?: boolean; workspace_id?: number } = {}) =>
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

export const logQuery = (id: number) =>
  queryOptions({
    queryKey: ["sessions", "log", id],
    queryFn: ({ signal }) => callText(`${base}/${id}/log`, { offset: 0 }, signal),
  });

export const logAddress = (id: number) => `${base}/${id}/log`;

/** A one-time address of the session's own origin. */
export const openTicket = (id: number) =>
  call<{ url: string; expires_at: string }>("POST", `${base}/${id}/ticket`, { body: {} });

/** Contract 3's calls from here. */
export const jobTypesQuery = queryOptions({
  queryKey: ["job-types"],
  queryFn: async ({ signal }) => {
    const answer = await call<{ data: { job_types: Record<string, JobType> } }>("GET", "/job_types/", { signal });
    return Object.values(answer.data.job_types);
  },
  staleTime: 600_000,
});

export const parametersQuery = queryOptions({
  queryKey: ["parameters"],
  queryFn: async ({ signal }) => {
    const answer = await call<{ data: { parameters: Parameter[] } }>("GET", "/parameters/", { signal });
    return answer.data.parameters;
  },
  staleTime: 600_000,
});

export type ResourceOptions = Readonly<Record<string, number | boolean | string>>;

export async function startSession(workspaceId: number, jobType: string, options: ResourceOptions = {}) {
  const body = { job_type: jobType, job_details: {}, resource_options: options };
  const answer = await call<{ data: { job: { id: number } } }>("PUT", `/workspaces/${workspaceId}/start/`, { body });
  return answer.data.job;
}

export const stopSession = (id: number) => call<unknown>("PUT", `/jobs/${id}/stop/`, { body: {} });
