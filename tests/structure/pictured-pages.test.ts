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

it("each is there once: under one name, at one address for who looks", () => {
  const doubles = (all: readonly string[]) => all.filter((one, place) => all.indexOf(one) !== place);
  expect(doubles(pictured.map(({ name }) => name))).toEqual([]);
  const pages = pictured.filter(({ open }) => !open);
  const lab = { workspace: 1, session: 2, ended: 3, sharedSession: 4, group: 5, personId: 6, storage: 7 };
  expect(doubles(pages.map(({ viewer, route, address }) => `${viewer} ${address?.(lab) ?? route}`))).toEqual([]);
});
