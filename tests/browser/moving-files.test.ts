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

test("the trash of one workspace is walked to its end by keyboard, with few rows in the document", async () => {
  const names = Array.from({ length: 120 }, (_, at) => `f${at}.txt`);
  const id = await admin.makeWorkspace("Many", Object.fromEntries(names.map((name) => [name, "x"])));
  const few = await admin.makeWorkspace("Few", { "other.txt": "x" });
  for (const name of names) await admin.remove(id, name);
  await admin.remove(few, "other.txt");
  const portal = await openPortal(browser, stoa.url, { locale: "fa" });
  const { page, t } = portal;
  await portal.signIn("admin", stoa.adminPassword);
  await page.goto("/portal/trash");
  const lines = page.getByRole("list", { name: t("trash.title") }).getByRole("listitem");
  await lines.filter({ hasText: "other.txt" }).waitFor();
  await portal.picture("trash-all");
  await page.getByLabel(t("trash.ofWorkspace")).selectOption(String(id));
  await page.waitForURL(new RegExp(`/trash\\?workspace=${id}$`));
  await lines.filter({ hasText: "other.txt" }).waitFor({ state: "detached" });
  // All of the trash is not emptied beside a part of it.
  expect(await page.getByRole("button", { name: t("trash.emptyIt") }).count()).toBe(0);
  await lines.filter({ hasText: "f119.txt" }).getByRole("button").first().focus();
  const toEnd = async () => {
    await page.keyboard.press("End");
    return lines.last().getAttribute("aria-posinset");
  };
  await expect.poll(toEnd).toBe("120");
  const last = lines.filter({ has: page.getByText("f0.txt", { exact: true }) });
  await expect.poll(() => last.locator(":focus").count()).toBe(1);
  expect(await last.getAttribute("aria-setsize")).toBe("120");
  expect(await lines.count()).toBeLessThan(60);
  await portal.picture("trash-many");
  expect(await portal.axe()).toEqual([]);
  await page.keyboard.press("Enter");
  await last.waitFor({ state: "detached" });
  expect(await admin.read(id, "f0.txt")).toBe("x");
  // The keyboard stays in the list: at the row that is last now, not on one of its verbs.
  const before = lines.filter({ has: page.getByText("f1.txt", { exact: true }) });
  const focused = (name: string) =>
    page.locator("[data-index]:focus").filter({ has: page.getByText(name, { exact: true }) });
  await expect.poll(() => focused("f1.txt").count()).toBe(1);
  // Ended for good by way of a dialog, it stays as well.
  await before.getByRole("button", { name: t("trash.erase", { name: "f1.txt" }) }).focus();
  await page.keyboard.press("Enter");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: t("trash.eraseShort") })
    .click();
  await before.waitFor({ state: "detached" });
  await expect.poll(() => focused("f2.txt").count()).toBe(1);
  // The address says it: a reload keeps to it, and the workspace's own link leads to it.
  await page.reload();
  await lines.filter({ hasText: "f119.txt" }).waitFor();
  await page.goto(`/portal/workspaces/${few}`);
  await page.getByRole("link", { name: t("trash.link") }).click();
  await lines.filter({ hasText: "other.txt" }).waitFor();
  expect(await lines.count()).toBe(1);
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

test.each(looks)("a terminal starts in the folder that is shown, or chosen ($locale)", async (look) => {
  await atWorkspace(look, async (portal, id) => {
    const { page, t } = portal;
    await admin.makeFolder(id, "data/run one");
    const works = async (folder: string) => {
      await page.waitForURL(/sessions\/\d+$/);
      await page.getByRole("tabpanel").locator("[data-connection=open]").waitFor();
      const rows = page.getByRole("tabpanel").locator(".xterm-rows");
      await expect.poll(() => rows.innerText(), { timeout: 20_000 }).toMatch(/[$#%>]/);
      await page.keyboard.type('echo "in=$(basename "$PWD")="\n');
      await expect.poll(() => rows.innerText(), { timeout: 20_000 }).toContain(`in=${folder}=`);
    };
    await page.goto(`/portal/workspaces/${id}?path=data`);
    await page.getByRole("button", { name: t("files.terminalHere") }).click();
    await works("data");
    // One more beside it starts where this one did.
    await page.getByRole("button", { name: t("terminal.more") }).click();
    await expect.poll(() => page.getByRole("tab").count(), { timeout: 20_000 }).toBe(2);
    await works("data");

    await page.goto(`/portal/workspaces/${id}?path=data`);
    await page.getByRole("button", { name: t("files.menuOf", { name: "run one" }) }).focus();
    await page.keyboard.press("Enter");
    const here = page.getByRole(look.width === 390 ? "button" : "menuitem", { name: t("files.terminalHere") }).last();
    await here.waitFor();
    await portal.picture("files-terminal-here");
    expect(await portal.axe()).toEqual([]);
    await here.focus();
    await page.keyboard.press("Enter");
    await works("run one");
    await admin.stopSessions();
  });
});

test("a folder that is gone starts no terminal, and says so", async () => {
  await atWorkspace({ locale: "en" }, async (portal, id) => {
    const { page, t } = portal;
    await admin.makeFolder(id, "gone");
    await page.goto(`/portal/workspaces/${id}?path=gone`);
    await page.getByText(t("files.empty")).waitFor();
    await page.route("**/events?*", (route) => route.abort());
    await admin.remove(id, "gone");
    await page.getByRole("button", { name: t("files.terminalHere") }).click();
    // The list may have found out meanwhile, and say so as well.
    await page.getByRole("alert").getByText("There is no file or folder gone here.").first().waitFor();
    await portal.picture("files-terminal-gone");
  });
});
