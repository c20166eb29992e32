import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

interface LockedPackage {
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * The folders below a checkout that a package of it needs to run, by the lock file: its dependencies and theirs, those
 * that are installed. Relative paths.
 * @param leftOut names of packages not wanted
 */
export async function packageClosure(checkout: string, start: string, leftOut: RegExp): Promise<string[]> {
  const text = await readFile(path.join(checkout, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockedPackage>> };
  const found = new Set<string>();
  const queue = [start];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const { dependencies, optionalDependencies, peerDependencies } = packages[at] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const place = leftOut.test(name) ? null : resolve(packages, at, name);
      if (place === null || found.has(place) || packages[place]?.link || !existsSync(path.join(checkout, place)))
        continue;
      found.add(place);
      queue.push(place);
    }
  }
  return [...found].sort();
}

/** As Node looks for it: beside the one that needs it, then further and further up. */
function resolve(packages: Readonly<Record<string, LockedPackage>>, from: string, name: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const place = path.join(folder === "." ? "" : folder, "node_modules", name);
    if (Object.hasOwn(packages, place)) return place;
    if (folder === "." || folder === "") return null;
  }
}
