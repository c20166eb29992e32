import { expect, it } from "vitest";
import { read } from "./source-tree.ts";

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * `npm install` leaves out of the lock file what the registry doesn't have, and says nothing when it is
 * optional; `npm ci`, which a fresh clone starts with, then refuses the whole lock file.
 */
it("the lock file has every dependency it names", () => {
  const packages: Record<string, Locked> = JSON.parse(read("package-lock.json")).packages;
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => `${name}, wanted by ${path}`),
  );
  expect(missing).toEqual([]);
});

/** As Node resolves: in the package's own node_modules, then in each above it. */
function isLocked(packages: Record<string, Locked>, path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.replace(/\/?(node_modules\/(@[^/]+\/)?[^/]+|[^/]+)$/, "")) {
    const candidate = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(packages, candidate)) return true;
    if (folder === "") return false;
  }
}

it("no package waits for an install script of its own to be useful", () => {
  const decided = JSON.parse(read("package.json")).allowScripts;
  const packages: Record<string, { hasInstallScript?: boolean }> = JSON.parse(read("package-lock.json")).packages;
  const undecided = Object.entries(packages)
    .filter(([path, entry]) => entry.hasInstallScript === true && !isFalse(decided, path))
    .map(([path]) => path);
  expect(undecided).toEqual([]);
  expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
});

function isFalse(decided: Readonly<Record<string, boolean>>, path: string): boolean {
  return decided[path.replace(/^.*node_modules\//, "")] === false;
}
