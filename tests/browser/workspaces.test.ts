import { beforeAll, describe, expect, test } from "vitest";
import type { Account } from "./account-api.ts";
import { openedShared } from "./opened.ts";
import type { PageOptions, PortalPage } from "./portal-page.ts";

const stoa = openedShared();
let admin: Account;
beforeAll(async () => {
  admin = await stoa.api();
});

async function withPortal(options: PageOptions, work: (portal: PortalPage) => Promise<void>): Promise<void> {
  const portal = await stoa.asAdmin(options);
  try {
    await work(portal);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
  }
}

async function looked(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`workspaces-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name} is as wide as the screen`).toBeLessThanOrEqual(0);
}

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;
/** Of the widest letters, the other direction, and no letters at all. */
const absurd = ["W".repeat(64), "نامی که تمام نمی‌شود و باز هم ادامه دارد تا جایی که جا هست", "🧪🧬🔭", "\u202eturned"];

describe.each(looks)("the workspaces ($locale)", (look) => {
  test("are found, ordered, shown as a grid that stays one, and never break the page by their names", async () => {
    const mark = `m${Date.now().toString(36)}`;
    for (const name of absurd) await admin.makeWorkspace(name, {});
    await admin.makeWorkspace(`${mark} 10`, { "a.txt": "x".repeat(2_000) });
    await admin.makeWorkspace(`${mark} 9`, { "a.txt": "x" });
    await withPortal(look, async (portal) => {
      const { page, t } = portal;
      await page.goto("/portal/workspaces");
      const list = page.getByRole("list", { name: t("workspaces.title") });
      await list.getByRole("link").first().waitFor();
      await looked(portal, "list");
      await page.getByRole("button", { name: t("workspaces.looks.grid") }).click();
      await looked(portal, "grid");
      await page.getByLabel(t("workspaces.searchLabel")).fill(mark);
      await page.getByLabel(t("workspaces.order"), { exact: true }).selectOption("name");
      await expect.poll(() => list.getByRole("link").allInnerTexts()).toEqual([`${mark} 9`, `${mark} 10`]);
      await page.reload();
      await page.getByLabel(t("workspaces.searchLabel")).fill(mark);
      await expect.poll(() => list.getByRole("link").allInnerTexts()).toEqual([`${mark} 9`, `${mark} 10`]);
      const grid = page.getByRole("button", { name: t("workspaces.looks.grid") });
      expect(await grid.getAttribute("aria-pressed")).toBe("true");
    });
  });

  test("a program starts from the row, and is seen running there", async () => {
    const name = `start ${Date.now()}`;
    const id = await admin.makeWorkspace(name, {});
    await withPortal(look, async (portal) => {
      const { page, t } = portal;
      await page.goto("/portal/workspaces");
      await page.getByLabel(t("workspaces.searchLabel")).fill(name);
      await page.getByRole("button", { name: t("workspaces.startIn", { name }) }).click();
      await looked(portal, "start");
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("jobTypes.terminal"), exact: true })
        .click();
      await page.waitForURL(/\/sessions\/\d+/);
      await page.goto("/portal/workspaces");
      await page.getByLabel(t("workspaces.searchLabel")).fill(name);
      await page.getByTitle(t("workspaces.runs", { type: t("jobTypes.terminal") })).waitFor();
    });
    await admin.stopSessions();
    expect(id).toBeGreaterThan(0);
  });

  test("a title is edited where it stands, and what happened lately is told", async () => {
    const id = await admin.makeWorkspace(`before ${Date.now()}`, { "a.txt": "x" });
    await admin.makeFolder(id, "results");
    await withPortal(look, async (portal) => {
      const { page, t } = portal;
      await page.goto(`/portal/workspaces/${id}`);
      await page.getByText(t("happened.folder_create", { name: "results" })).waitFor();
      const rename = page.getByRole("button", { name: t("workspaces.rename") });
      await rename.click();
      const field = page.getByRole("textbox", { name: t("workspaces.rename") });
      await field.fill("never");
      await page.keyboard.press("Escape");
      await rename.click();
      await field.fill("نام تازه");
      await looked(portal, "title");
      await field.press("Enter");
      await page.getByRole("heading", { level: 1, name: "نام تازه" }).waitFor();
      await page.getByText(t("happened.update")).waitFor();
      await looked(portal, "page");
    });
  });
});

test("what was deleted comes back beside what has its name by now, or instead of it, and undone goes again", async () => {
  const id = await admin.makeWorkspace(`trash ${Date.now()}`, { "a.txt": "old" });
  await admin.remove(id, "a.txt");
  await admin.write(id, "a.txt", "new");
  await withPortal({ locale: "fa" }, async (portal) => {
    const { page, t } = portal;
    await page.goto("/portal/trash");
    const restore = page.getByRole("button", { name: t("trash.restore", { name: "a.txt" }) }).first();
    await restore.click();
    const dialog = page.getByRole("dialog");
    await looked(portal, "trash-taken");
    await dialog.getByRole("button", { name: t("uploads.keep_both") }).click();
    await page.getByText(t("trash.isBack", { name: "a (2).txt" })).waitFor();
    expect(await admin.read(id, "a (2).txt")).toBe("old");
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await page
      .getByRole("button", { name: t("trash.restore", { name: "a (2).txt" }) })
      .first()
      .waitFor();
    await admin.remove(id, "a.txt");
    await page.reload();
    await page.getByText(t("trash.emptiesItself")).waitFor();
    await looked(portal, "trash");
  });
});
