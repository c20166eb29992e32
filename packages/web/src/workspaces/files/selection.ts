/** Which rows are chosen, and from where a range grows. Paths, not places: pages come in and names change. */
export interface Selection {
  readonly paths: ReadonlySet<string>;
  readonly anchor: string | null;
}

export const nothing: Selection = { paths: new Set(), anchor: null };

/** One in or out; it becomes where the next range begins. */
export function toggle({ paths }: Selection, path: string): Selection {
  const next = new Set(paths);
  if (!next.delete(path)) next.add(path);
  return { paths: next, anchor: path };
}

/** From the anchor to `path`, both included, in the order of the list; without an anchor, `path` alone. */
export function extend({ anchor }: Selection, path: string, order: readonly string[]): Selection {
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const to = order.indexOf(path);
  if (from < 0 || to < 0) return { paths: new Set([path]), anchor: path };
  return { paths: new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1)), anchor };
}

export const everything = (order: readonly string[]): Selection => ({
  paths: new Set(order),
  anchor: order[0] ?? null,
});

/** What a verb on `path` is about: all that is chosen when it is among them, else it alone. */
export const meant = ({ paths }: Selection, path: string): readonly string[] => (paths.has(path) ? [...paths] : [path]);
