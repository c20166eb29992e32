import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { entries } from "./catalogue.ts";
import { renderReference } from "./reference.ts";

it("docs/configuration.md is what the settings say (mend it: npx stoa config reference > docs/configuration.md)", () => {
  const page = readFileSync(new URL("../../../../docs/configuration.md", import.meta.url), "utf8");
  expect(page).toBe(renderReference());
});

it("no two settings share a name, and each is explained", () => {
  const names = entries.map((entry) => entry.setting.env);
  expect(new Set(names).size).toBe(names.length);
  for (const { setting } of entries) expect(setting.about, setting.env).toMatch(/^[A-Z`].{15,}\.$/s);
});
