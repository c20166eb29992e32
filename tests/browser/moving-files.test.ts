import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Account, apiOf } from "./account-api.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
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

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

type Work = (portal: PortalPage, id: number, name: string) => Promise<void>;

async function atWorkspace(options: PageOptions, work: Work): Promise<void> {
  const name = `${options.locale === "fa" ? "جابه‌جایی" : "Moving"} ${Date.now()}`;
  const id = await admin.makeWorkspace(name, {
    "notes.txt": "mine\n",
    "counts.csv": "a,b\n1,2\n",
    "deep/notes.txt": "old\n",
  });
  const portal = await openPortal(browser, stoa.url, options);
  try {
    await portal.signIn("admin", stoa.adminPassword);
    await portal.page.goto(`/portal/workspaces/${id}`);
    await rowOf(portal.page, "notes.txt").waitFor();
    await work(portal, id, name);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
  }
}

const rowOf = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
const lineOf = (page: Page, name: string) => page.getByRole("listitem").filter({ has: rowOf(page, name) });
const drag = (page: Page, name: string, folder: string) => lineOf(page, name).dragTo(lineOf(page, folder));

test.each(looks)("are dragged to a folder, and asked about where their name is taken ($locale)", async (look) => {
  await atWorkspace(look, async (portal, id) => {
    const { page, t } = portal;
    await drag(page, "counts.csv", "deep");
    await rowOf(page, "counts.csv").waitFor({ state: "detached" });
    expect(await admin.read(id, "deep/counts.csv")).toBe("a,b\n1,2\n");

    await drag(page, "notes.txt", "deep");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t("files.takenIn", { name: "notes.txt", folder: "deep" })).waitFor();
    await portal.picture("files-taken");
    expect(await portal.axe()).toEqual([]);
    await dialog.getByRole("button", { name: t("common.cancel") }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await admin.read(id, "notes.txt")).toBe("mine\n");

    await drag(page, "notes.txt", "deep");
    await dialog.getByRole("button", { name: t("uploads.replace"), exact: true }).click();
    await rowOf(page, "notes.txt").waitFor({ state: "detached" });
    expect(await admin.read(id, "deep/notes.txt")).toBe("mine\n");
    // Both are where they were, what was replaced too.
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await rowOf(page, "notes.txt").waitFor();
    await expect.poll(() => admin.read(id, "deep/notes.txt").catch(() => "")).toBe("old\n");

    await drag(page, "notes.txt", "deep");
    await dialog.getByRole("button", { name: t("uploads.keep_both"), exact: true }).click();
    await rowOf(page, "notes.txt").waitFor({ state: "detached" });
    expect(await admin.read(id, "deep/notes 2.txt")).toBe("mine\n");
  });
});

test("are copied and renamed onto a taken name only when somebody says so", async () => {
  await atWorkspace({ locale: "fa" }, async (portal, id) => {
    const { page, t } = portal;
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: t("files.menuOf", { name: "notes.txt" }) }).click();
    await page.getByRole("menuitem", { name: t("files.copy") }).click();
    await dialog.getByRole("button", { name: "deep", exact: true }).click();
    await dialog.getByRole("button", { name: t("files.copyHere") }).click();
    await dialog.getByRole("button", { name: t("uploads.replace"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await admin.read(id, "deep/notes.txt")).toBe("mine\n");

    await rowOf(page, "counts.csv").focus();
    await page.keyboard.press("F2");
    await dialog.getByLabel(t("files.newName")).fill("notes.txt");
    await page.keyboard.press("Enter");
    await dialog.getByText(t("files.takenReplace")).waitFor();
    await portal.picture("files-rename-taken");
    expect(await portal.axe()).toEqual([]);
    await dialog
      .getByRole("button", { name: t("common.cancel") })
      .filter({ visible: true })
      .click();
    // What was typed is still there, to be mended.
    expect(await dialog.getByLabel(t("files.newName")).inputValue()).toBe("notes.txt");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: t("uploads.keep_both"), exact: true }).click();
    await rowOf(page, "notes 2.txt").waitFor();
  });
});

test("an archive is extracted into a folder of its own", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stoa-archive-"));
  mkdirSync(join(folder, "داده"));
  writeFileSync(join(folder, "داده", "a.txt"), "packed\n");
  execFileSync("tar", ["-czf", "set.tar.gz", "داده"], { cwd: folder });
  const archive = Uint8Array.from(readFileSync(join(folder, "set.tar.gz")));
  rmSync(folder, { recursive: true });
  await atWorkspace({ locale: "fa" }, async (portal, id) => {
    const { page, t } = portal;
    await admin.write(id, "set.tar.gz", archive);
    await page.reload();
    await page.getByRole("button", { name: t("files.menuOf", { name: "set.tar.gz" }) }).click();
    await page.getByRole("menuitem", { name: t("files.extract") }).click();
    await portal.picture("files-extract");
    expect(await portal.axe()).toEqual([]);
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("files.extractHere") })
      .click();
    await rowOf(page, "set").click();
    await rowOf(page, "داده").waitFor();
    expect(await admin.read(id, "set/داده/a.txt")).toBe("packed\n");
  });
});

test.each(looks)("what is in the trash is deleted for good, one, some and all of it ($locale)", async (look) => {
  await atWorkspace(look, async (portal, id, name) => {
    const { page, t } = portal;
    for (const one of ["notes.txt", "counts.csv", "deep"]) await admin.remove(id, one);
    await page.goto("/portal/trash");
    const line = (of: string) => page.getByRole("listitem").filter({ hasText: name }).filter({ hasText: of });
    const dialog = page.getByRole("dialog");
    const gone = dialog.getByRole("button", { name: t("trash.eraseShort"), exact: true });
    await line("deep").waitFor();
    await portal.picture("trash-list");

    await line("notes.txt")
      .getByRole("button", { name: t("trash.erase", { name: "notes.txt" }) })
      .click();
    await dialog.getByText(t("trash.eraseText")).waitFor();
    await portal.picture("trash-erase");
    expect(await portal.axe()).toEqual([]);
    await gone.click();
    await line("notes.txt").waitFor({ state: "detached" });

    for (const one of ["counts.csv", "deep"]) await line(one).getByRole("checkbox").check();
    await portal.picture("trash-chosen");
    expect(await portal.axe()).toEqual([]);
    await page
      .getByRole("toolbar", { name: t("files.chosenActions") })
      .getByRole("button", { name: t("trash.eraseShort") })
      .click();
    await dialog.getByText(t("trash.lostFolder")).waitFor();
    await gone.click();
    await line("deep").waitFor({ state: "detached" });

    await admin.write(id, "last.txt", "x");
    await admin.remove(id, "last.txt");
    await page.reload();
    await line("last.txt").waitFor();
    await page.getByRole("button", { name: t("trash.emptyIt") }).click();
    await dialog.getByRole("list", { name: t("trash.lost") }).waitFor();
    await portal.picture("trash-empty");
    expect(await portal.axe()).toEqual([]);
    await dialog.getByRole("button", { name: t("trash.emptyIt") }).click();
    await page.getByText(t("trash.empty"), { exact: true }).waitFor();
  });
});

test("the trash is told page by page, as long as it is", async () => {
  const names = Array.from({ length: 53 }, (_, at) => `f${at}.txt`);
  const id = await admin.makeWorkspace("Many", Object.fromEntries(names.map((name) => [name, "x"])));
  await Promise.all(names.map((name) => admin.remove(id, name)));
  const portal = await openPortal(browser, stoa.url, { locale: "fa" });
  const { page, t } = portal;
  await portal.signIn("admin", stoa.adminPassword);
  await page.goto("/portal/trash");
  const lines = page.getByRole("list", { name: t("trash.title") }).getByRole("listitem");
  await expect.poll(() => lines.count(), { timeout: 10_000 }).toBe(50);
  await page.getByRole("button", { name: t("common.more") }).click();
  await expect.poll(() => lines.count(), { timeout: 10_000 }).toBeGreaterThanOrEqual(53);
  expect(portal.complaints).toEqual([]);
  await portal.close();
});
