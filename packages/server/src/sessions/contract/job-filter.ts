import { parseId } from "../context.ts";
import type { JobFilter } from "../queries.ts";

type Query = Readonly<Record<string, string | string[]>>;

/** Reads the filters of `/jobs/`; of a repeated one the last counts. Null: one that nothing can match. */
export function readFilter(query: Query): JobFilter | null {
  const workspaceId = numberIn(query.workspace_id);
  const resourceJobId = numberIn(query.resource_job_id);
  const jobType = lastOf(query.job_type);
  const status = lastOf(query.status);
  if (workspaceId === null || resourceJobId === null) return null;
  return {
    ...(workspaceId === undefined ? {} : { workspaceId }),
    ...(resourceJobId === undefined ? {} : { resourceJobId }),
    ...(jobType === undefined ? {} : { jobType }),
    ...(status === undefined ? {} : { status }),
  };
}

function lastOf(value: string | string[] | undefined): string | undefined {
  const last = Array.isArray(value) ? value.at(-1) : value;
  // PostgreSQL's text holds no NUL.
  return last?.replaceAll("\0", "\ufffd");
}

/** Null: given, but no number of ours. */
function numberIn(value: string | string[] | undefined): number | null | undefined {
  const text = lastOf(value);
  if (text === undefined) return undefined;
  return text === "-1" ? -1 : parseId(text);
}
