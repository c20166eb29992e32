import { type Static, Type } from "typebox";
import type { LargeThing } from "./rescue-files.ts";

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Path = Type.String({
  minLength: 1,
  maxLength: 16_000,
  description: "Below the workspace's root, parts separated by slashes.",
});
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const LargestQuery = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }) });

export const Large = Type.Object({
  workspace: Nullable(
    Type.Object({ id: Id, name: Type.String() }, { description: "Null: in your storage, outside workspaces." }),
  ),
  path: Type.String({
    description: "Below its workspace or your storage; empty for a whole workspace in the trash.",
  }),
  kind: Type.Enum(["file", "folder", "workspace"]),
  bytes: Type.Number({ description: "As the quota counts; of a folder with all that is in it." }),
  in_trash: Type.Boolean({ description: "Deleted, and still counting." }),
  trash_entry: Nullable(Id),
  openable: Type.Boolean({
    description: "False: no path leads to it, for its name is no text. The folder that it lies in can be deleted.",
  }),
  download: Nullable(Type.String({ description: "Where it is to be had: the file, or a folder as zip." })),
});
export type Large = Static<typeof Large>;

export const LargestPage = Type.Object({
  items: Type.Array(Large, {
    description:
      "Largest first. Folders count what is in them; one in which a single thing is nearly all is left out, that thing is there.",
  }),
  bytes: Type.Number({ description: "Of all that was looked at." }),
  trashed: Type.Number({ description: "Of that, in the trash, where it counts like the rest." }),
  entries: Type.Integer(),
  complete: Type.Boolean({ description: "False: there is more than is looked through in one go." }),
  counts: Type.Boolean({
    description:
      "False: your workspaces lie apart from your storage. They are not listed: what is deleted there frees nothing of it.",
  }),
  storage_read: Type.Boolean({
    description:
      "False: what lies in your storage outside workspaces is not listed, for there is none on this machine, or your account here may not read it.",
  }),
  kept_by_snapshots: Type.Boolean({
    description: "True: what is deleted comes free only once the snapshots that hold it are gone.",
  }),
  looked_at: Type.String({ format: "date-time", description: "A minute ago at most." }),
});

const InWorkspace = Type.Object({ workspace: Id, path: Path }, { additionalProperties: false });
const InStorage = Type.Object(
  { in_storage: Type.String({ ...Path, description: "Below your storage, outside workspaces." }) },
  { additionalProperties: false },
);
const InTrash = Type.Object({ trash_entry: Id }, { additionalProperties: false });
export const EraseBody = Type.Object({
  items: Type.Array(Type.Union([InWorkspace, InTrash, InStorage]), { minItems: 1, maxItems: 200 }),
});
export const Erasing = Type.Object({
  operations: Type.Array(Type.String(), {
    description:
      "They remove the files. The result of one of a workspace or of your storage says of each path in `items` whether it is `done`, or its `problem`.",
  }),
  items: Type.Array(
    Type.Object({
      workspace: Nullable(Id),
      path: Nullable(Type.String()),
      trash_entry: Nullable(Id),
      in_storage: Nullable(Type.String()),
      accepted: Type.Boolean(),
      problem: Nullable(Type.String()),
    }),
    { description: "In the order asked." },
  ),
});

export function presentLarge({ workspace, path, kind, bytes, trashEntry, openable }: LargeThing): Large {
  return {
    workspace,
    path,
    kind,
    bytes,
    in_trash: trashEntry !== null,
    trash_entry: trashEntry,
    openable,
    download: trashEntry === null && openable && workspace !== null ? downloadOf(workspace.id, kind, path) : null,
  };
}

function downloadOf(workspaceId: number, kind: LargeThing["kind"], path: string): string {
  const what = kind === "file" ? "content" : "zip";
  return `/api/stoa/v1/workspaces/${workspaceId}/files/${what}?path=${encodeURIComponent(path)}`;
}
