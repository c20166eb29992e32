import { Type } from "typebox";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { ALGORITHMS, type Algorithm } from "../files/checksum-file.ts";
import { CONFLICTS, type Conflicts } from "../files/place-name.ts";

const time = Type.String({ format: "date-time" });
const page = { cursor: Type.Optional(Type.String({ maxLength: 2_000 })) };
const limit = (most: number) => Type.Integer({ minimum: 1, maximum: most, default: 100 });

export const WorkspaceParams = Type.Object({ id: Type.Integer({ minimum: 1 }) });
export const TrashParams = Type.Object({ id: Type.Integer({ minimum: 1, description: "The entry's id." }) });

const path = Type.String({
  maxLength: 16_000,
  description: "Below the workspace's root, parts separated by slashes; links are never followed.",
});
export const FolderQuery = Type.Object({ path: Type.Optional(path), ...page, limit: limit(1_000) });
export const FileQuery = Type.Object({ path });
export const conflicts = (byDefault: Conflicts) =>
  Type.Optional(
    Type.Unsafe<Conflicts>({
      type: "string",
      enum: [...CONFLICTS],
      default: byDefault,
      description:
        "What becomes of names that are taken: all is refused, old files are replaced, or new ones get a free name. Folders are merged.",
    }),
  );
export const UploadQuery = Type.Object({ path, on_conflict: conflicts("replace") });
export const IfNew = Type.Object({
  "if-none-match": Type.Optional(
    Type.String({ maxLength: 200, description: "Only *: the name must be free, or the answer is 412." }),
  ),
});
export const NewFolder = Type.Object({ path });
export const NewGroupLink = Type.Object({
  group_id: Type.Integer({ minimum: 1 }),
  name: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1_000, description: "Below the workspace's root; left out: the folder's." }),
  ),
});
export const GroupLink = Type.Object({ path: Type.String(), group_id: Type.Integer() });
export const FileWay = Type.Object({
  path,
  to: Type.String({ maxLength: 16_000, description: "The whole new path, its name included." }),
  to_workspace: Type.Optional(Type.Integer({ minimum: 1, description: "Left out: the same workspace." })),
  replace: Type.Optional(Type.Boolean({ default: false, description: "Send what is there to the trash." })),
});
/** A place in a tree names every folder on the way to it. */
const treeCursor = { cursor: Type.Optional(Type.String({ maxLength: 8_000 })) };
export const TreeQuery = Type.Object({
  path: Type.Optional(path),
  depth: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "Levels; left out: all." })),
  ...treeCursor,
  limit: limit(1_000),
});
export const SearchQuery = Type.Object({
  path: Type.Optional(path),
  query: Type.String({ minLength: 1, maxLength: 255 }),
  ...treeCursor,
  limit: limit(1_000),
});
export const ChecksumQuery = Type.Object({
  path,
  algorithm: Type.Optional(Type.Unsafe<Algorithm>({ type: "string", enum: [...ALGORITHMS], default: "sha256" })),
});
export const TrashQuery = Type.Object({
  ...page,
  limit: limit(200),
  workspace_id: Type.Optional(
    Type.Integer({ minimum: 1, description: "Only what was in this workspace, and itself." }),
  ),
});

export const Entry = Type.Object({
  name: Type.String(),
  path: Type.String(),
  type: Type.String({ description: "file, folder, symlink or other." }),
  size: Type.Integer({ description: "Bytes; 0 for all but files." }),
  modified_at: time,
  openable: Type.Boolean({
    description: "False: its name on the disk is not valid UTF-8, is shown with \\xNN, and no path leads to it.",
  }),
});
const next = Type.Unsafe<string | null>({
  type: ["string", "null"],
  description: "For the next page; null at the end.",
});
export const FolderPage = Type.Object({
  path: Type.String(),
  items: Type.Array(Entry),
  next_cursor: next,
});

const etag = Type.String({ description: "Names this version of the contents." });
const size = Type.Integer({ description: "Bytes." });
export const Checksum = Type.Object({
  algorithm: Type.String(),
  digest: Type.String({ description: "Hexadecimal." }),
  size,
  etag,
});
export const TextFile = Type.Object({ path: Type.String(), text: Type.String(), etag, size, modified_at: time });
export const EditedText = Type.Object({ path: Type.String(), etag, size });
export const Queued = Type.Object({
  operation_id: Type.String({ format: "uuid", description: "Its state and progress: /api/stoa/v1/operations/{id}." }),
});

export const TrashItem = Type.Object({
  id: Type.Integer(),
  kind: Type.String({ description: "file, folder, symlink, other or workspace." }),
  path: Type.String({ description: "Where it was below its workspace; empty for a workspace." }),
  workspace: Type.Object({ id: Type.Integer(), name: Type.String() }),
  size: Type.Unsafe<number | null>({ type: ["integer", "null"], description: "Bytes, of files and workspaces." }),
  deleted_at: time,
  expires_at: time,
});
export const TrashPage = Type.Object({ items: Type.Array(TrashItem), next_cursor: next });
export const TrashSummary = Type.Object({
  entries: Type.Integer(),
  workspaces: Type.Integer({ description: "How many of them are whole workspaces." }),
  folders: Type.Integer({ description: "How many are folders, whose contents are in no number here." }),
  bytes: Type.Integer({ description: "Of files and workspaces; what is in folders is not counted." }),
  newest_id: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    description: "Send it as `up_to`, and nothing goes that came to the trash meanwhile. Null: the trash is empty.",
  }),
  places: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String(), entries: Type.Integer() }), {
    description: "The workspaces that something of it was in, or that are in it, by name; the first 500.",
  }),
});
export const TrashChoice = Type.Object({
  ids: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 1_000, uniqueItems: true }),
});
export const EmptyQuery = Type.Object({
  up_to: Type.Optional(Type.Integer({ minimum: 1, description: "The newest entry to go. Left out: all go." })),
});
export const Erasing = Type.Object({
  operation_id: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description: "Its state and progress: /api/stoa/v1/operations/{id}. Null: the trash was empty.",
  }),
  entries: Type.Integer({ description: "They are out of the trash now." }),
  bytes: Type.Integer({ description: "Of files and workspaces; what is in folders is not counted." }),
});
export const Restored = Type.Object({
  workspace_id: Type.Integer(),
  path: Type.String({ description: "Where it is now: a free name when its own was taken." }),
});

export const otherVersion = { 412: errorResponse("stoa", 412) };
export const diskFull = { 507: errorResponse("stoa", 507) };
const bytes = Type.Unsafe<unknown>({ type: "string", contentMediaType: "application/octet-stream" });
export const downloads = {
  200: bytes,
  206: bytes,
  304: Type.Null({ description: "You have it already." }),
  416: Type.Null({ description: "The range begins beyond the end." }),
};
