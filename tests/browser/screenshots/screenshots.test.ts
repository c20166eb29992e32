import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readChoice } from "./choice.ts";
import { dataKinds, looks } from "./looks.ts";
import { pictured } from "./pages.ts";
import { takePictures } from "./take.ts";

const folder = join(import.meta.dirname, "../../../artifacts/screenshots");

test("every page has its picture and a place among the others", { timeout: 300_000 }, async () => {
  const { taken, faults } = await takePictures(readChoice(["--data", "none", "--look", "fa-light-390"]));
  expect(faults).toEqual([]);
  const pages = pictured.filter(({ open }) => !open).map(({ name }) => name);
  expect(taken.map(({ page }) => page)).toEqual(pages);
  expect(taken.filter(({ file }) => !existsSync(join(folder, file)))).toEqual([]);
  const index = readFileSync(join(folder, "index.html"), "utf8");
  expect(pages.filter((page) => !index.includes(`${page}/none-fa-light-390.png`))).toEqual([]);
  expect(existsSync(join(folder, "sheets/none-fa-light-390-1.png"))).toBe(true);
});

test("pages, looks and data can be chosen, in part too; what there is none of is refused with what there is", () => {
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
  const chosen = readChoice(["--page", "home,people", "--look", "fa-390", "--data", "absurd"]);
  expect(names(chosen.pages)).toEqual(["home", "people"]);
  expect(names(chosen.looks)).toEqual(["fa-light-390", "fa-dark-390"]);
  expect(chosen.kinds).toEqual(["absurd"]);
  expect(readChoice([])).toEqual({ pages: pictured, looks, kinds: dataKinds });
  expect(() => readChoice(["--page", "hme"])).toThrow(/--page hme: there is none. Choose of: sign-in/);
});
