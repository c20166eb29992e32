import { Type } from "typebox";
import { NOW, type Now } from "../files/list-folder-as-of.ts";
import { Entry, FolderPage, WorkspaceParams } from "../files-api/schema.ts";

const names = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: "string", enum: [...values], description });
const orNull = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T | null>({ type: ["string", "null"], enum: [...values, null], description });

export const SnapshotParams = Type.Object({
  ...WorkspaceParams.properties,
  name: Type.String({
    maxLength: 255,
    pattern: "^(?!\\.+$)[A-Za-z0-9_.: -]+$",
    description: "A snapshot's name, as listed.",
    examples: ["stoa-hourly-20261122T07"],
  }),
});

export const SnapshotList = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String({ examples: ["stoa-hourly-20261122T07"] }),
      created_at: Type.String({ format: "date-time" }),
      period: orNull(["hourly", "daily", "weekly"], "Null: not made by Stoa."),
    }),
    { description: "Newest first, 1,000 at most." },
  ),
  possible: Type.Boolean({ description: "Whether there is anything to look into, be it none yet." }),
  why_not: orNull(
    ["not_inside", "no_snapshots", "not_browsable", "away"],
    "Null: it is possible. The workspace does not lie in your storage; nobody makes snapshots of it; they can't be looked into from this server; the storage does not answer.",
  ),
});

export const PastPage = Type.Object({
  ...FolderPage.properties,
  items: Type.Array(
    Type.Object({
      ...Entry.properties,
      now: names<Now>(
        NOW,
        "What is at that path today, by type, size and time. Of a folder only its own time is compared, which tells of names that came and went in it.",
      ),
    }),
  ),
});

export const CONFLICTS = ["keep_both", "replace"] as const;
export type RestoreConflicts = (typeof CONFLICTS)[number];

export const Restoring = Type.Object({
  paths: Type.Array(Type.String({ minLength: 1, maxLength: 16_000 }), {
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    description: "Files and folders below the workspace's root, as they were called in the snapshot.",
    examples: [["results/run-7.csv", "notes"]],
  }),
  on_conflict: names<RestoreConflicts>(
    CONFLICTS,
    "What becomes of a name that is taken: the restored one gets a free name beside it, or what is there goes to the trash.",
  ),
});

export const RestoredSome = Type.Object({
  restored: Type.Array(
    Type.Object({ path: Type.String(), restored_as: Type.String({ description: "Where it is now." }) }),
  ),
  failed: Type.Array(
    Type.Object({
      path: Type.String(),
      problem: Type.String({ description: "For people." }),
      code: Type.String({ description: "As of an error: not_found, conflict, disk_full…" }),
    }),
  ),
});
