import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openedOwn } from "./opened.ts";

const base = join(tmpdir(), `stoa-not-there-${process.pid}`);
const stoa = openedOwn({ STORAGE_BASE_PATH: base });

test.each([
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const)("an administrator reads in their own language what is wrong with storage ($locale)", async (options) => {
  const portal = await stoa.asAdmin(options);
  const { page, t } = portal;
  await page.goto("/portal/admin/storage");
  const region = page.getByRole("region", { name: t("adminStorage.backEnd") });
  await region.getByText(t("adminStorage.worksNot")).waitFor();
  const [, after = ""] = t("adminStorage.backEndIs.base_missing").split("{{base}}");
  const told = region.getByText(after.trim().split(".")[0] ?? "");
  expect((await told.innerText()).replaceAll(/[\u2066-\u2069]/g, "")).toContain(base);
  await portal.picture("storage-away");
  expect(await portal.axe("all")).toEqual([]);
  expect(portal.complaints).toEqual([]);
  await portal.close();
});
