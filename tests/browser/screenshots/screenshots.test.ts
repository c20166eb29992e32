import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readChoice } from "./choice.ts";
import { dataKinds, looks } from "./looks.ts";
import { pictured } from "./pages.ts";
import { takePictures } from "./take.ts";

const folder = join(import.meta.dirname, "../../../artifacts/screenshots");

const handful = ["home", "people", "workspace", "settings"];

// That every page can be shown, the walk over every page finds (every-page.test.ts).
test("pages have their picture and a place among the others", { timeout: 120_000 }, async () => {
  const choice = readChoice(["--data", "none", "--look", "fa-light-390", "--page", handful.join(",")]);
  const { taken, faults } = await takePictures(choice);
  expect(faults).toEqual([]);
  expect(taken.map(({ page }) => page).toSorted()).toEqual(handful.toSorted());
  expect(taken.filter(({ file }) => !existsSync(join(folder, file)))).toEqual([]);
  const index = readFileSync(join(folder, "index.html"), "utf8");
  expect(handful.filter((page) => !index.includes(`${page}/none-fa-light-390.png`))).toEqual([]);
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
