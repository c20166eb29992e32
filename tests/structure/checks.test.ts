import { describe, expect, it } from "vitest";
import { dependencyViolations } from "./dependencies.ts";
import { directionViolations } from "./directions.ts";
import { depthViolations, lengthViolations, nameViolations, suppressionViolations } from "./shape.ts";

/** The checks themselves, on made-up files: each must find what it is for, and leave the rest alone. */
const SRC = "packages/server/src";

function importing(from: string, specifier: string, form = "import") {
  const text = {
    import: `import type { A } from "${specifier}";`,
    list: `import {\n  a,\n  b,\n} from "${specifier}";`,
    export: `export { a } from "${specifier}";`,
    dynamic: `const a = await import("${specifier}");`,
    bare: `import "${specifier}";`,
    comment: `// import { a } from "${specifier}";\n/* import { b } from "${specifier}"; */`,
  }[form];
  return directionViolations([{ path: `${SRC}/${from}`, text: text ?? "" }]);
}

describe("directions", () => {
  it.each([
    ["platform/http/server.ts", "../../accounts/accounts.ts"],
    ["platform/http/server.ts", "../../config/settings.ts"],
    ["accounts/service.ts", "../workspaces/queries.ts"],
    ["accounts/service.ts", "../workspaces/files/list-folder.ts"],
    ["accounts/service.ts", "../config/load.ts"],
    ["accounts/service.ts", "../app.ts"],
    ["accounts/service.ts", "../testing/test-database.ts"],
    ["accounts/service.ts", "../migrations/index.ts"],
    ["sessions/host/main.ts", "../../platform/platform.ts"],
    ["sessions/host/main.ts", "../sessions.ts"],
    ["config/load.ts", "../platform/http/csrf.ts"],
    ["workspaces/trash/purge.ts", "../files/descriptor-walk.ts"],
    ["migrations/0003-accounts.ts", "../accounts/tables.ts"],
    ["accounts/service.ts", "@stoa/cli/main.ts"],
  ])("%s may not import %s", (from, specifier) => {
    expect(importing(from, specifier)).toHaveLength(1);
  });

  it.each([
    ["accounts/service.ts", "../workspaces/workspaces.ts"],
    ["accounts/sign-in/sign-in.ts", "../../platform/platform.ts"],
    ["accounts/service.ts", "../config/schema.ts"],
    ["accounts/service.ts", "./queries.ts"],
    ["accounts/service.test.ts", "../testing/test-database.ts"],
    ["app.ts", "./accounts/routes.ts"],
    ["platform/database/migrate.ts", "../../migrations/index.ts"],
    ["sessions/host/main.ts", "./program.ts"],
    ["sessions/adopt.ts", "./host/job-file.ts"],
  ])("%s may import %s", (from, specifier) => {
    expect(importing(from, specifier)).toEqual([]);
  });

  it.each(["import", "list", "export", "dynamic", "bare"])("are seen in the form %s", (form) => {
    expect(importing("platform/a.ts", "../accounts/accounts.ts", form)).toHaveLength(1);
  });

  it("are not seen in comments", () => {
    expect(importing("platform/a.ts", "../accounts/accounts.ts", "comment")).toEqual([]);
  });

  it("keep the portal from importing the server", () => {
    const file = { path: "packages/web/src/a.ts", text: 'import { a } from "@stoa/server/accounts/accounts.ts";' };
    expect(directionViolations([file])).toHaveLength(1);
  });
});

describe("shape", () => {
  const lines = (count: number) => "x\n".repeat(count);

  it("finds files that are too long, tests later than others", () => {
    const found = lengthViolations([
      { path: "a.ts", text: lines(300) },
      { path: "b.ts", text: lines(301) },
      { path: "c.test.ts", text: lines(500) },
      { path: "d.test.ts", text: lines(501) },
    ]);
    expect(found.map((text) => text.split(" ")[0])).toEqual(["b.ts", "d.test.ts"]);
  });

  it.each(["a/utils.ts", "a/string-helpers.ts", "common/a.ts", "a/sessionList.ts", "a/Session.tsx", "a/a_b.ts"])(
    "refuses the name %s",
    (path) => {
      expect(nameViolations([{ path, text: "" }])).toHaveLength(1);
    },
  );

  it.each([
    "a/one-time-links.test.ts",
    "vite.config.ts",
    "a/0001-first.ts",
    "a/env.d.ts",
    "integrations/hub/stoa_hook.py",
  ])("takes the name %s", (path) => {
    expect(nameViolations([{ path, text: "" }])).toEqual([]);
  });

  it("finds what lies too deep", () => {
    expect(depthViolations([{ path: `${SRC}/a/b/c/d/e.ts`, text: "" }])).toEqual([]);
    expect(depthViolations([{ path: `${SRC}/a/b/c/d/e/f.ts`, text: "" }])).toHaveLength(1);
  });

  it.each([
    "let a: any;",
    "const a = b as any;",
    "const a: Array<any> = [];",
    "function f(a: any, b: string) {}",
    "type A = any;",
    "let a: any[] = [];",
    `// @ts-${"ignore"}`,
    "// @ts-expect-error",
    "// biome-ignore lint/style/a: <explanation>",
    "// biome-ignore lint/style/a",
  ])("refuses %s", (text) => {
    expect(suppressionViolations([{ path: "a.ts", text }])).toHaveLength(1);
  });

  it.each([
    "// any of these: any",
    'const a = "as any";',
    "if (list.any) {}",
    "// biome-ignore lint/suspicious/noExplicitAny: foreign shapes, asserted on\nlet a: any;",
    "// @ts-expect-error: the types of pg say never here",
    "// biome-ignore lint/style/a: the wire says so in contract 3",
  ])("takes %s", (text) => {
    expect(suppressionViolations([{ path: "a.ts", text }])).toEqual([]);
  });
});

describe("dependencies", () => {
  const manifest = {
    name: "x",
    dependencies: { pg: "8.0.0", "@a/b": "1.0.0" },
    devDependencies: { "@types/pg": "1.0.0", "@types/ws": "1.0.0", vite: "1.0.0" },
  };
  const code = { path: "packages/x/src/a.ts", text: 'import pg from "pg";\nimport b from "@a/b/c";' };
  const config = { path: "packages/x/vite.config.ts", text: 'import { defineConfig } from "vite";' };

  it("finds what nothing uses, the types of what nothing uses too", () => {
    expect(dependencyViolations(manifest, [code], {})).toEqual([
      "x declares @types/ws, and nothing uses it",
      "x declares vite, and nothing uses it",
    ]);
    expect(dependencyViolations(manifest, [code, config], { "@types/ws": "because" })).toEqual([]);
  });

  it("finds what is imported without being declared, or only declared for development", () => {
    const all = { "@types/ws": "", vite: "", pg: "", "@a/b": "", "@types/pg": "" };
    const sneaky = {
      path: "packages/x/src/b.ts",
      text: 'import "ws/lib";\nimport { build } from "vite";\nimport "node:fs";',
    };
    expect(dependencyViolations(manifest, [sneaky], all)).toEqual([
      "packages/x/src/b.ts imports vite, which x doesn't declare",
      "packages/x/src/b.ts imports ws, which x doesn't declare",
    ]);
  });

  it("wants exact versions", () => {
    expect(dependencyViolations({ name: "x", dependencies: { pg: "^8.0.0" } }, [code], { pg: "" })).toContain(
      'x declares pg as "^8.0.0": write the exact version',
    );
  });
});
