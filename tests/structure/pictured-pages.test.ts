import { expect, it } from "vitest";
import { pictured } from "../browser/screenshots/pages.ts";
import { readTree } from "./source-tree.ts";

const routers = readTree("packages/web/src").filter(({ text }) => text.includes("createRoute("));
const routes = routers.flatMap(({ text }) => [...text.matchAll(/\bpath: "(\/[^"]*)"/g)].map(([, path = ""]) => path));

it("every page of the portal is in tests/browser/screenshots/pages.ts, and looked at", () => {
  expect(routes.length).toBeGreaterThan(20);
  const shown = new Set(pictured.map(({ route }) => route));
  expect(routes.filter((route) => !shown.has(route))).toEqual([]);
});

it("and those that are gone are not", () => {
  expect(pictured.map(({ route }) => route).filter((route) => route !== "*" && !routes.includes(route))).toEqual([]);
});
