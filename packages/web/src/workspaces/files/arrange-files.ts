import type { FileEntry } from "../../api/types.ts";

export const sorts = ["name", "changed", "size"] as const;
export type Sort = (typeof sorts)[number];

/** How a folder is shown. */
export interface FilesView {
  readonly sort: Sort;
  /** Largest, newest or last first. */
  readonly down: boolean;
  /** Whether names that begin with a dot are shown. */
  readonly hidden: boolean;
}

export const firstView: FilesView = { sort: "name", down: false, hidden: false };

/** What of a kept choice makes sense. */
export function readView(kept: unknown): FilesView {
  if (typeof kept !== "object" || kept === null) return firstView;
  const { sort, down, hidden } = kept as Partial<Record<keyof FilesView, unknown>>;
  return { sort: sorts.find((one) => one === sort) ?? "name", down: down === true, hidden: hidden === true };
}

/** Another column begins with what one looks for in it: the newest, the largest. The same one turns around. */
export const sortedBy = (view: FilesView, sort: Sort): FilesView => ({
  ...view,
  sort,
  down: view.sort === sort ? !view.down : sort !== "name",
});

export const isHidden = ({ name }: Pick<FileEntry, "name">): boolean => name.startsWith(".");

/** Folders first, then as asked for; names as people count ("file 2" before "file 10"), equal ones by their letters. */
export function arrange<Entry extends FileEntry>(
  entries: readonly Entry[],
  view: FilesView,
  language: string,
): Entry[] {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const byName = (a: FileEntry, b: FileEntry) => collator.compare(a.name, b.name) || (a.path < b.path ? -1 : 1);
  const order = { name: byName, size: bySize, changed: byChange }[view.sort];
  const turn = view.down ? -1 : 1;
  return entries.toSorted(
    (a, b) => Number(b.type === "folder") - Number(a.type === "folder") || turn * order(a, b) || byName(a, b),
  );
}

const bySize = (a: FileEntry, b: FileEntry) => (a.size ?? 0) - (b.size ?? 0);
const byChange = (a: FileEntry, b: FileEntry) =>
  a.modified_at < b.modified_at ? -1 : Number(a.modified_at > b.modified_at);
