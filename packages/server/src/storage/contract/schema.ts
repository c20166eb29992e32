import { type Static, Type } from "typebox";
import { effectiveQuota } from "../subjects/queries.ts";
import type { SubjectRow } from "../tables.ts";

/** Contract 1's own shapes; sizes are bytes. */
export const Name = Type.Object({
  name: Type.String({
    description: "`A-Z a-z 0-9 - _` and accented Latin letters, in NFC; `groups` is no person's.",
    examples: ["ada"],
  }),
});

export const StorageBody = Type.Object(
  {
    name: Type.String({ examples: ["ada"] }),
    quota: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.String({ pattern: "^\\d+$" })], {
        description: "Bytes. Left out or 0: an existing quota stays as it is.",
        examples: [10_737_418_240],
      }),
    ),
  },
  { description: "Unknown fields are accepted, and ignored; so is `disk_usage`." },
);

export const Storage = Type.Object({
  name: Type.String(),
  quota: Type.Integer({ description: "Bytes; 0: none. Answered as it was set, also where nothing enforces it." }),
  disk_usage: Type.Integer({
    description:
      "Bytes: what the quota counts where one is enforced, else sizes added up; never counted while you wait.",
  }),
});

export const StorageList = Type.Array(Type.Tuple([Type.String(), Type.Integer(), Type.Integer()]), {
  description: "Name, quota and usage: people by name, `groups` with the sum, groups as `groups/<name>`.",
  examples: [
    [
      ["ada", 10_737_418_240, 52_428_800],
      ["groups", 0, 4096],
      ["groups/lab", 0, 4096],
    ],
  ],
});

export const Nothing = Type.Null({ description: "Done." });

/** With a raise, while it lasts: hooks refuse by this figure. */
export function present(row: SubjectRow): Static<typeof Storage> {
  return { name: row.name, quota: effectiveQuota(row), disk_usage: row.used };
}

/** Contract 1's list, of rows in any order. */
export function presentList(rows: readonly SubjectRow[]): [string, number, number][] {
  const lines = (kind: SubjectRow["kind"], prefix: string): [string, number, number][] =>
    rows
      .filter((row) => row.kind === kind)
      .map((row): [string, number, number] => [prefix + row.name, effectiveQuota(row), row.used])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  const groups = lines("group", "groups/");
  const sum = (column: 1 | 2) => groups.reduce((total, line) => total + line[column], 0);
  return [...lines("user", ""), ["groups", sum(1), sum(2)], ...groups];
}
