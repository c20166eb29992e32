import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ApiError } from "./api-error.ts";
import { call } from "./client.ts";
import type { AuditLine, Page, Workspace } from "./types.ts";

interface Envelope<T> {
  readonly success: boolean;
  readonly message: string;
  readonly data: T;
}

const byNewest = (a: Workspace, b: Workspace) => lastUsed(b).localeCompare(lastUsed(a));

/** When it was last of use to its owner, for ordering. */
export const lastUsed = (w: Workspace): string =>
  [w.datetime_last_job_launch, w.datetime_last_modified, w.datetime_created]
    .filter((at) => at !== null)
    .sort()
    .at(-1) ?? "";

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces", "list"],
  queryFn: async ({ signal }) => {
    const answer = await call<Envelope<{ workspaces: Workspace[] }>>("GET", "/workspaces/", { signal });
    return answer.data.workspaces.toSorted(byNewest);
  },
});

/** Contract 3 answers 200 with an empty list for what isn't there: that is "not found" to a page. */
export const workspaceQuery = (id: number) =>
  queryOptions({
    queryKey: ["workspaces", "one", id],
    queryFn: async ({ signal }) => {
      const answer = await call<Envelope<{ workspaces: Workspace[] }>>("GET", `/workspaces/${id}/`, { signal });
      const workspace = answer.data.workspaces[0];
      if (!workspace) throw new ApiError({ status: 404, code: "not_found", message: answer.message });
      return workspace;
    },
  });

/** What was done to it, newest first: from the audit log, as its owner may read it. */
export const workspaceHistoryQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: ["workspaces", "history", id],
    queryFn: ({ pageParam, signal }) =>
      call<Page<AuditLine>>("GET", "/api/stoa/v1/audit", {
        query: { subject_kind: "workspace", subject_id: id, cursor: pageParam, limit: pageParam === "" ? 6 : 20 },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor,
  });

export interface NewWorkspace {
  readonly name: string;
  readonly description: string;
  readonly files?: readonly { readonly name: string; readonly content: string }[];
}

export async function createWorkspace({ name, description, files = [] }: NewWorkspace): Promise<Workspace> {
  const body = { name, description, workspace_details: { files, symlinks: [] } };
  const answer = await call<Envelope<{ workspace: Workspace }>>("POST", "/workspaces/", { body });
  return answer.data.workspace;
}

export const updateWorkspace = (id: number, changes: { name?: string; description?: string }) =>
  call<Envelope<unknown>>("PUT", `/workspaces/${id}/`, { body: changes });

export const deleteWorkspace = (id: number) => call<Envelope<unknown>>("DELETE", `/workspaces/${id}/`);
