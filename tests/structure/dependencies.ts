import { importsOf, packageOf } from "./imports.ts";
import { isTest, type SourceFile, type Violation } from "./source-tree.ts";

/** What of a package.json is looked at. */
export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Needed without being imported: by name, why. */
export type Exceptions = Readonly<Record<string, string>>;

/**
 * Declared is imported and imported is declared. What runs in production may only import what is in
 * `dependencies`; tests and configuration files may use the development ones too.
 * @param shared declared by others for these files too (the root's tests stand on the packages' own)
 */
export function dependencyViolations(
  manifest: Manifest,
  files: readonly SourceFile[],
  exceptions: Exceptions,
  shared: readonly string[] = [],
): Violation[] {
  return [...undeclared(manifest, files, shared), ...unused(manifest, files, exceptions), ...loose(manifest)];
}

function undeclared(manifest: Manifest, files: readonly SourceFile[], shared: readonly string[]): Violation[] {
  const runtime = new Set([...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }), ...shared]);
  const all = new Set([...runtime, ...Object.keys(manifest.devDependencies ?? {})]);
  // vitest, fast-check and the like are the root's: one version for all packages' tests.
  const forTests = new Set([...all, "vitest", "fast-check", "playwright-core", "axe-core"]);
  return files.flatMap((file) => {
    const allowed = isTest(file.path) ? forTests : isTooling(file.path) ? all : runtime;
    const missing = importsOf(file)
      .map(packageOf)
      .filter((name) => name !== null && !allowed.has(name));
    return [...new Set(missing)].map((name) => `${file.path} imports ${name}, which ${manifest.name} doesn't declare`);
  });
}

function unused(manifest: Manifest, files: readonly SourceFile[], exceptions: Exceptions): Violation[] {
  const declared = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  return Object.keys(declared)
    .filter(
      (name) => !Object.hasOwn(exceptions, name) && !isTypesOf(name, files) && !files.some((f) => mentions(f, name)),
    )
    .map((name) => `${manifest.name} declares ${name}, and nothing uses it`);
}

/** Imported, resolved or run by path: in quotes, alone or with a path behind it. */
function mentions(file: SourceFile, name: string): boolean {
  return [`"${name}"`, `"${name}/`, `'${name}'`, `'${name}/`].some((text) => file.text.includes(text));
}

function isTypesOf(name: string, files: readonly SourceFile[]): boolean {
  const typed = name.startsWith("@types/") ? name.slice("@types/".length) : null;
  return typed !== null && (typed === "node" || files.some((file) => mentions(file, typed)));
}

/** Exact versions only: npm on an older Node would quietly choose others within a range. */
function loose(manifest: Manifest): Violation[] {
  const declared = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  return Object.entries(declared)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${manifest.name} declares ${name} as "${version}": write the exact version`);
}

/** What runs while developing or building; of the portal that is everything, since Vite bundles it. */
function isTooling(path: string): boolean {
  return /\.config\.(ts|mts|mjs|js|cjs)$|^scripts\/|^packages\/web\//.test(path);
}
