import { keyOf, type Wanted } from "../contract.ts";
import { ask } from "./ask.ts";
import { pathOf, placeOf, type ZfsContext } from "./context.ts";
import type { Datasets } from "./datasets.ts";

const KIND_OF_FILE = 0o170000;
const FOLDER = 0o040000;

/**
 * Those who have no dataset, and a plain folder with files where theirs would be mounted: they would be hidden
 * below it. What to tell of each, by `keyOf`.
 */
export async function filledFolders(
  { host }: ZfsContext,
  there: Datasets,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<string, string>> {
  const filled = new Map<string, string>();
  const byPath = new Map<string, Wanted>();
  for (const one of wanted) {
    const path = there.has(keyOf(one)) ? null : pathOf(one, there);
    if (path !== null) byPath.set(path, one);
  }
  if (byPath.size === 0) return filled;
  const { out } = await ask(host, { do: "stat", places: [...byPath.values()].map(placeOf) });
  for (const line of out.split("\n")) {
    const [mode = "", ...others] = line.split(" ");
    // Behind mode, owner, group, device, inode and time.
    const path = others.slice(5).join(" ");
    const one = byPath.get(path);
    if (one === undefined) continue;
    const isFolder = (Number.parseInt(mode, 16) & KIND_OF_FILE) === FOLDER;
    // An empty one is left behind by an unmounted dataset.
    if (isFolder && (await ask(host, { do: "list", place: placeOf(one) })).out === "") continue;
    filled.set(keyOf(one), `${path} is there without a dataset, and what is in it would be hidden: move it away`);
  }
  return filled;
}
