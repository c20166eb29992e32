import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Account, apiOf } from "./account-api.ts";
import { openBrowser, openPortal, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

let browser: Browser;
let stoa: RunningStoa;
let admin: Account;

beforeAll(async () => {
  stoa = await runningStoa();
  browser = await openBrowser();
  admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

/** A page at a workspace of its own, checked at the end for what the browser complained about. */
async function atWorkspace(locale: "en" | "fa", work: (portal: PortalPage, id: number) => Promise<void>) {
  const name = `${locale === "fa" ? "پرونده‌ها" : "Files"} ${Date.now()}`;
  const id = await admin.makeWorkspace(name, { "notes.txt": "one\ntwo\n", "counts.csv": "a,b\n1,2\n" });
  const portal = await openPortal(browser, stoa.url, { locale });
  try {
    await portal.signIn("admin", stoa.adminPassword);
    await portal.page.goto(`/portal/workspaces/${id}`);
    await rowOf(portal.page, "notes.txt").waitFor();
    await work(portal, id);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
  }
}

const rowOf = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

/** Lets files fall onto the list, as from the desktop. */
async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  // As text: the tests' own types know no browser.
  const make = `const data = new DataTransfer();
    for (const [name, body] of Object.entries(${JSON.stringify(files)})) data.items.add(new File([body], name));
    data`;
  const transfer = await page.evaluateHandle(`(() => { ${make.replace(/data$/, "return data;")} })()`);
  await page.locator("li:has([data-row])").first().dispatchEvent("drop", { dataTransfer: transfer });
}

describe.each(["en", "fa"] as const)("files (%s)", (locale) => {
  const name = locale === "fa" ? "گزارش.txt" : "report.txt";

  test("are dropped, asked about when their name is taken, and kept beside each other", async () => {
    await atWorkspace(locale, async (portal) => {
      const { page, t } = portal;
      await drop(page, { [name]: "first\n" });
      await rowOf(page, name).waitFor();

      await drop(page, { [name]: "second\n" });
      await page.getByText(t("uploads.taken", { name })).waitFor();
      await portal.picture("files-conflict");
      expect(await portal.axe()).toEqual([]);
      await page.getByRole("button", { name: t("uploads.keep_both") }).click();
      await page.getByRole("button", { name: t("uploads.keep_both") }).waitFor({ state: "detached" });
      await expect.poll(() => page.locator("[data-row]").count()).toBe(4);
      await rowOf(page, name).click();
      await page.getByRole("dialog").getByText("first").waitFor();
    });
  });

  test("an upload goes on from where the connection was cut", async () => {
    await atWorkspace(locale, async ({ page }, id) => {
      let cuts = 2;
      const offsets: number[] = [];
      await page.route(/\/uploads\/[^/]+$/, async (route) => {
        const request = route.request();
        if (request.method() === "PATCH") {
          offsets.push(Number(request.headers()["upload-offset"]));
          if (cuts-- > 0) return route.abort("connectionreset");
        }
        return route.continue();
      });
      await drop(page, { "large.bin": "x".repeat(5_000_000) });
      await rowOf(page, "large.bin").waitFor({ timeout: 30_000 });
      expect(offsets.length).toBeGreaterThanOrEqual(3);
      expect(await admin.sizeOf(id, "large.bin")).toBe(5_000_000);
    });
  });

  test("are looked into, edited, and never overwrite what somebody else saved", async () => {
    await atWorkspace(locale, async (portal, id) => {
      const { page, t } = portal;
      await rowOf(page, "counts.csv").click();
      await page.getByRole("columnheader", { name: "a" }).waitFor();
      await portal.picture("files-table");
      expect(await portal.axe()).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });

      await rowOf(page, "notes.txt").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: t("preview.edit") }).click();
      const field = dialog.getByLabel(t("preview.editing", { name: "notes.txt" }));
      await field.fill("mine\n");
      await admin.write(id, "notes.txt", "theirs\n");
      await dialog.getByRole("button", { name: t("common.save") }).click();
      await dialog.getByText(t("preview.overtaken")).waitFor();
      // In the page's own language, all of it.
      if (locale === "fa") {
        expect(await dialog.getByRole("alert").locator("[lang=en]").count()).toBe(0);
        await dialog.getByText(t("problems.precondition_failed")).waitFor();
      }
      await portal.picture("files-overtaken");
      expect(await portal.axe()).toEqual([]);
      await dialog.getByRole("button", { name: t("preview.saveCopy") }).click();
      await field.waitFor({ state: "detached" });
      expect(await admin.read(id, "notes.txt")).toBe("theirs\n");
      expect(await admin.read(id, "notes 2.txt")).toBe("mine\n");
    });
  });

  test("show what was saved at once, and are written on from there", async () => {
    await atWorkspace(locale, async (portal, id) => {
      const { page, t } = portal;
      await rowOf(page, "notes.txt").click();
      const dialog = page.getByRole("dialog");
      const field = dialog.getByLabel(t("preview.editing", { name: "notes.txt" }));
      const edit = async (text: string) => {
        await dialog.getByRole("button", { name: t("preview.edit") }).click();
        const before = await field.inputValue();
        await field.fill(before + text);
        await page.keyboard.press("Control+s");
        await field.waitFor({ state: "detached" });
        await dialog.getByText(text.trim(), { exact: true }).waitFor();
        expect(await dialog.getByRole("button", { name: t("common.more") }).count()).toBe(0);
      };
      await edit("a third line\n");
      await edit("and a fourth\n");
      // In a low window what is decided is in sight all the same.
      await page.setViewportSize({ width: 1440, height: 657 });
      const inSight = async (text: string) => {
        const box = await dialog.getByText(text, { exact: true }).first().boundingBox();
        expect(box !== null && box.y >= 0 && box.y + box.height <= 657, `${text} at ${JSON.stringify(box)}`).toBe(true);
      };
      expect(await admin.read(id, "notes.txt")).toBe("one\ntwo\na third line\nand a fourth\n");

      // What another wrote meanwhile is not what this text was read from.
      await admin.write(id, "notes.txt", "theirs, which is longer than all that was there before\n");
      await dialog.getByRole("button", { name: t("preview.edit") }).click();
      await field.fill("mine\n");
      await inSight(t("common.save"));
      await page.keyboard.press("Control+s");
      await dialog.getByText(t("preview.overtaken")).waitFor();
      await dialog.getByText("theirs, which is longer", { exact: false }).waitFor();
      await portal.picture("files-low");
      await inSight(t("preview.overtaken"));
      await inSight(t("common.save"));

      // Escape asks; another goes back to the text.
      await page.keyboard.press("Escape");
      await page.getByText(t("preview.leaveText")).waitFor();
      await page.keyboard.press("Escape");
      await page.getByText(t("preview.leaveText")).waitFor({ state: "detached" });
      await expect.poll(() => field.evaluate((element) => element.matches(":focus"))).toBe(true);
    });
  });

  test("are chosen, renamed, thrown away and brought back by keyboard", async () => {
    await atWorkspace(locale, async (portal) => {
      const { page, t } = portal;
      await rowOf(page, "notes.txt").focus();
      await page.keyboard.press("F2");
      await page.getByRole("dialog").getByLabel(t("files.newName")).fill("renamed.txt");
      await page.keyboard.press("Enter");
      await rowOf(page, "renamed.txt").waitFor();

      await rowOf(page, "counts.csv").focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("Shift+ArrowDown");
      await page.getByRole("toolbar", { name: t("files.chosenActions") }).waitFor();
      await portal.picture("files-chosen");
      expect(await portal.axe()).toEqual([]);
      await page.keyboard.press("Delete");
      await page.getByText(t("files.empty")).waitFor();
      await page
        .getByRole("region", { name: t("undo.region") })
        .getByRole("link", { name: t("trash.link") })
        .click();
      for (const one of ["renamed.txt", "counts.csv"]) {
        const restore = page.getByRole("button", { name: t("trash.restore", { name: one }) }).first();
        await restore.click();
        await restore.waitFor({ state: "detached" });
      }
    });
  });

  test("are moved into a folder that is chosen, and found again by name", async () => {
    await atWorkspace(locale, async (portal, id) => {
      const { page, t } = portal;
      await admin.makeFolder(id, "deep/er");
      await page.reload();
      await page.getByRole("button", { name: t("files.menuOf", { name: "notes.txt" }) }).click();
      await portal.picture("files-menu");
      expect(await portal.axe()).toEqual([]);
      await page.getByRole("menuitem", { name: t("files.move") }).click();
      const dialog = page.getByRole("dialog");
      // By keyboard: it begins where the file is, and goes down to where it is to be.
      const folder = (path: string) => dialog.getByRole("button", { name: path, exact: true });
      const has = (path: string) => expect.poll(() => folder(path).evaluate((one) => one.matches(":focus"))).toBe(true);
      await folder("deep").waitFor();
      await has(t("files.root"));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press(locale === "fa" ? "ArrowLeft" : "ArrowRight");
      await folder("er").waitFor();
      await page.keyboard.press("End");
      await has("er");
      await page.keyboard.press("Enter");
      await portal.picture("files-move");
      expect(await portal.axe()).toEqual([]);
      await dialog.getByRole("button", { name: t("files.moveHere") }).click();
      await rowOf(page, "notes.txt").waitFor({ state: "detached" });
      const focusedRow = () => page.locator("[data-path]:has(:focus)").count();
      await expect.poll(focusedRow, { message: "after a move the focus is in the list" }).toBe(1);
      await rowOf(page, "counts.csv").focus();
      await page.keyboard.press("Delete");
      await rowOf(page, "counts.csv").waitFor({ state: "detached" });
      await expect.poll(focusedRow, { message: "after a deletion the focus is in the list" }).toBe(1);
      // Nothing stays in the trash that other tests would find there.
      await page.getByRole("button", { name: t("undo.undo") }).click();
      await rowOf(page, "counts.csv").waitFor();

      await page.getByLabel(t("files.search")).fill("NOTES");
      await page.getByText("deep/er", { exact: true }).waitFor();
      await portal.picture("files-search");
      expect(await portal.axe()).toEqual([]);
    });
  });
});
