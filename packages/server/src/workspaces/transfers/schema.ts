import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { conflicts, Queued } from "../files-api/schema.ts";
import type { UploadStanding } from "./uploads.ts";

const time = Type.String({ format: "date-time" });
const path = (description: string) => Type.String({ maxLength: 16_000, description });

export { WorkspaceParams } from "../files-api/schema.ts";
export const UploadParams = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  upload: Type.String({ maxLength: 100, description: "The upload's id." }),
});
export const UploadsQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 100 }),
});

export const Upload = Type.Object({
  id: Type.String({ format: "uuid" }),
  workspace_id: Type.Integer(),
  path: Type.String({ description: "Where it goes; when it is done, where it is." }),
  length: Type.Integer({ description: "Bytes in all." }),
  offset: Type.Integer({ description: "Bytes that are on the disk." }),
  state: Type.String({ description: "receiving, placing or done." }),
  on_conflict: Type.String(),
  created_at: time,
  expires_at: time,
});
export const UploadPage = Type.Object({
  items: Type.Array(Upload),
  next_cursor: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description: "For the next page; null at the end.",
  }),
});

export const BatchQuery = Type.Object({
  path: Type.Optional(path("The folder that all goes into; made when absent. Left out: the workspace itself.")),
  on_conflict: conflicts("refuse"),
});
export const Received = Type.Object({
  path: Type.String(),
  files: Type.Integer(),
  bytes: Type.Integer({ description: "Of all files." }),
});

const paths = Type.Array(path("A file or folder; empty: the whole workspace."), { minItems: 1, maxItems: 10_000 });
export const ZipQuery = Type.Object({ path: paths });
export const ZipBody = Type.Object({ paths });
export const NewUnpacking = Type.Object({
  path: path("The archive: zip, tar or tar.gz."),
  to: Type.Optional(path("The folder that its contents go into. Left out: one of the archive's name, beside it.")),
  on_conflict: conflicts("refuse"),
});

const nothing = (description: string) => Type.Null({ description });
const problems = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, errorResponse("stoa", status)]));
export const tus = {
  created: { 201: Upload, ...problems(412, 460, 507) },
  received: { 204: nothing("The bytes are on the disk."), ...problems(410, 412, 423, 460, 507) },
  ended: { 204: nothing("It is gone."), ...problems(412, 423) },
  standing: { 200: Upload, ...problems(410, 412, 423, 460, 507) },
  options: { 204: nothing("What this server can do.") },
};
export const unpack = { 202: Queued, ...problems(507) };
export const batch = { 200: Received, ...problems(507) };
export const zip = { 200: Type.Unsafe<unknown>({ type: "string", contentMediaType: "application/zip" }) };

export function presentUpload({ row, offset }: UploadStanding) {
  return {
    id: row.id,
    workspace_id: row.workspace_id,
    path: row.placed_path ?? row.path,
    length: row.length ?? 0,
    offset,
    state: row.state,
    on_conflict: row.on_conflict,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}
