import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../../packages/web/src/locales/en.json" with { type: "json" };
import fa from "../../packages/web/src/locales/fa.json" with { type: "json" };

type Tree = { readonly [name: string]: string | Tree };

const server = join(import.meta.dirname, "../../packages/server/src");
/** Put together from parts where they are recorded. */
const others = [
  "operation.cancel",
  "operation.end_cancelled",
  "operation.enqueue",
  "operation.fail",
  "operation.retry",
  "operation.succeed",
  "system_account.create",
  "system_group.create",
];

function actions(): string[] {
  const files = readdirSync(server, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !/(^|\/)(testing|test-)/.test(name),
  );
  const found = files.flatMap((name) =>
    [...readFileSync(join(server, name), "utf8").matchAll(/\b(?:action|audit): "([a-z-]+(?:\.[a-z-]+)+)"/g)].map(
      ([, action = ""]) => action,
    ),
  );
  return [...new Set([...found, ...others])].toSorted();
}

function wordOf(tree: Tree, action: string): string | Tree | undefined {
  return action
    .split(".")
    .reduce<string | Tree | undefined>((node, part) => (typeof node === "object" ? node[part] : undefined), tree);
}

test.each([
  ["English", en.actions],
  ["Persian", fa.actions],
] as const)("every action that is recorded has a word in %s", (_language, words) => {
  const known = actions();
  expect(known.length).toBeGreaterThan(50);
  expect(known.filter((action) => typeof wordOf(words, action) !== "string")).toEqual([]);
});
