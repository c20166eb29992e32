import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import type { ShownWorkspace } from "../queries.ts";

const time = Type.String({ format: "date-time", description: "ISO 8601 with milliseconds and Z." });
/** A list of types is written much faster than a union of schemas. */
const timeOrNull = Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time" });
const textOrNull = Type.Unsafe<string | null>({ type: ["string", "null"] });
/** As it came in the request. */
const wholeObject = Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true });
const names = Type.Array(Type.Object({ name: Type.String() }));

export const Workspace = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    description: Type.String(),
    disk_space: Type.Integer({ description: "Bytes." }),
    datetime_created: time,
    datetime_last_modified: time,
    datetime_last_job_launch: timeOrNull,
    workspace_details: Type.Object({
      request_workspace_details: Type.Object({
        files: names,
        symlinks: Type.Array(wholeObject),
      }),
      current_workspace_details: Type.Object({ files: names, symlinks: names }),
    }),
    status: Type.String({ description: "initializing, idle, active, deleting or error." }),
    default_job_type: textOrNull,
  },
  { description: "A workspace, as contract 3 shows it." },
);

/** The row as contract 3 names it; the row's own lists are passed on as they are. */
export function presentWorkspace(row: ShownWorkspace): Type.Static<typeof Workspace> {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    disk_space: row.disk_space,
    datetime_created: row.created_at.toISOString(),
    datetime_last_modified: row.modified_at.toISOString(),
    datetime_last_job_launch: row.last_job_launch_at?.toISOString() ?? null,
    workspace_details: {
      request_workspace_details: row.request_details as Type.Static<
        typeof Workspace
      >["workspace_details"]["request_workspace_details"],
      current_workspace_details: row.current_details as Type.Static<
        typeof Workspace
      >["workspace_details"]["current_workspace_details"],
    },
    status: row.status,
    default_job_type: row.default_job_type,
  };
}

const done = { message: Type.String(), success: Type.Literal(true) };
export const Done = Type.Object(done);
export const WorkspaceList = Type.Object({ ...done, data: Type.Object({ workspaces: Type.Array(Workspace) }) });
export const OneWorkspace = Type.Object({ ...done, data: Type.Object({ workspace: Workspace }) });

/** Written for readers of the API: handlers check by hand, with the contract's words. */
export const WorkspaceFilters = Type.Object({
  name: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
});
export const WorkspaceAddress = Type.Object({ id: Type.String({ description: "The workspace's number." }) });
export const PutAddress = Type.Object({ id: Type.String(), other: Type.String() });

const fields = {
  name: Type.String({ minLength: 1, maxLength: 64 }),
  description: Type.String(),
  default_job_type: Type.Optional(Type.String()),
  workspace_details: Type.Optional(
    Type.Object({
      files: Type.Optional(Type.Array(Type.Object({ name: Type.String(), content: Type.Optional(Type.String()) }))),
      symlinks: Type.Optional(
        Type.Array(
          Type.Object({
            name: Type.String(),
            source_path: Type.Optional(
              Type.String({ description: "Below one of the operator's roots (STOA_SYMLINK_ROOTS); or `path`." }),
            ),
          }),
        ),
      ),
    }),
  ),
};
export const NewWorkspace = Type.Object(fields);
export const ChangedWorkspace = Type.Partial(NewWorkspace);

export const diskFull = { 507: errorResponse("workspaces", 507) };
export const Refusal = errorResponse("workspaces");
