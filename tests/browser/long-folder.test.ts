import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

async function at(options: PageOptions, id: number, work: (portal: PortalPage) => Promise<void>): Promise<void> {
  const portal = await openPortal(browser, stoa.url, options);
  try {
    await portal.signIn("admin", stoa.adminPassword);
    await portal.page.goto(`/portal/workspaces/${id}`);
    await work(portal);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
  }
}

const rowOf = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
const names = (page: Page) => page.locator("[data-row]").allInnerTexts();
/** Ten thousand, by the folder's own list: what the page does with them is what is tried, not the disk. */
const all = Array.from({ length: 10_000 }, (_, at) => ({
  name: `sample ${at}.txt`,
  path: `sample ${at}.txt`,
  type: "file",
  size: (at * 7919) % 10_007,
  modified_at: new Date(1_700_000_000_000 + at * 60_000).toISOString(),
  openable: true,
}));

async function withMany(page: Page): Promise<void> {
  const listed = all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  await page.route(/\/files\?.*limit=/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [from, limit] = [Number(query.get("cursor") ?? 0), Number(query.get("limit"))];
    const items = listed.slice(from, from + limit);
    const next = from + limit < listed.length ? String(from + limit) : null;
    return route.fulfill({ json: { path: "", items, next_cursor: next } });
  });
}

describe.each([
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const)("a folder of ten thousand ($locale)", (look) => {
  test("is walked, chosen and ordered by keyboard, with few rows in the document", async () => {
    const id = await admin.makeWorkspace(`many ${Date.now()}`, { "x.txt": "x" });
    await at(look, id, async (portal) => {
      const { page, t } = portal;
      await withMany(page);
      await page.reload();
      await page
        .getByText(t("files.count_other").replace("{{count, number}}", look.locale === "fa" ? "۱۰٬۰۰۰" : "10,000"))
        .waitFor({ state: "attached" });
      await rowOf(page, "sample 0.txt").focus();
      await page.keyboard.press("ArrowDown");
      await expect.poll(() => page.locator(":focus").innerText()).toBe("sample 1.txt");
      await page.keyboard.press("End");
      await expect.poll(() => page.locator(":focus").innerText()).toBe("sample 9999.txt");
      expect(await page.locator("[data-row]").count()).toBeLessThan(60);
      const last = page.getByRole("listitem").filter({ has: rowOf(page, "sample 9999.txt") });
      expect([await last.getAttribute("aria-posinset"), await last.getAttribute("aria-setsize")]).toEqual([
        "10000",
        "10000",
      ]);
      await page.keyboard.press("Shift+ArrowUp");
      await page.keyboard.press("Shift+ArrowUp");
      await page.getByRole("toolbar", { name: t("files.chosenActions") }).waitFor();
      await portal.picture("folder-many");
      expect(await portal.axe()).toEqual([]);
      // Letters lead to a name, however far it is.
      await page.keyboard.type("sample 77.");
      await expect.poll(() => page.locator(":focus").innerText()).toBe("sample 77.txt");
      // One Tab leaves the row by its own controls, not by the ten thousand.
      await page.keyboard.press("Control+a");
      const chosen = t("files.chosen_other").replace("{{count, number}}", look.locale === "fa" ? "۱۰٬۰۰۰" : "10,000");
      await page.getByText(chosen).waitFor();
      await page.keyboard.press("Escape");
      await page.getByText(chosen).waitFor({ state: "detached" });
      await page.evaluate("window.scrollTo(0, 0)");
      await page.getByRole("button", { name: t("files.orderBy", { name: t("files.size") }) }).click();
      const largest = all.toSorted((a, b) => b.size - a.size)[0]?.name;
      await expect.poll(async () => (await names(page))[0]).toBe(largest);
    });
  });
});

test("hidden files are shown when asked, and stay so", async () => {
  const id = await admin.makeWorkspace(`hidden ${Date.now()}`, {});
  await admin.write(id, ".settings", "x");
  await at({ locale: "fa" }, id, async ({ page, t }) => {
    await page.getByRole("button", { name: t("files.hiddenHere_one").replace("{{count, number}}", "۱") }).click();
    await rowOf(page, ".settings").waitFor();
    await page.reload();
    await rowOf(page, ".settings").waitFor();
    await page.getByRole("button", { name: t("files.hideHidden") }).click();
    await rowOf(page, ".settings").waitFor({ state: "detached" });
  });
});

test("a rename is undone; a new file opens to be written in", async () => {
  const id = await admin.makeWorkspace(`undo ${Date.now()}`, { "a.txt": "x" });
  await at({ locale: "en" }, id, async ({ page, t }) => {
    await rowOf(page, "a.txt").focus();
    await page.keyboard.press("F2");
    await page.getByRole("dialog").getByLabel(t("files.newName")).fill("b.txt");
    await page.keyboard.press("Enter");
    await rowOf(page, "b.txt").waitFor();
    await page.getByRole("button", { name: t("undo.undo") }).click();
    await rowOf(page, "a.txt").waitFor();
    await page.getByRole("button", { name: t("files.newFile") }).click();
    await page.getByRole("dialog").getByLabel(t("files.fileName")).fill("note.md");
    await page.keyboard.press("Enter");
    const field = page.getByLabel(t("preview.editing", { name: "note.md" }));
    await field.fill("# Begun\n");
    // What is typed is a page beside it at once.
    await page.getByRole("dialog").getByRole("heading", { name: "Begun" }).waitFor();
    await page.keyboard.press("Control+s");
    await field.waitFor({ state: "detached" });
    expect(await admin.read(id, "note.md")).toBe("# Begun\n");
  });
});

test("what is typed and not saved outlives a reload, and is asked about before it is left", async () => {
  const id = await admin.makeWorkspace(`draft ${Date.now()}`, { "a.md": "one\n" });
  await at({ locale: "fa" }, id, async (portal) => {
    const { page, t } = portal;
    page.on("dialog", (dialog) => void dialog.accept());
    await rowOf(page, "a.md").click();
    await page.getByRole("button", { name: t("preview.edit") }).click();
    const field = page.getByLabel(t("preview.editing", { name: "a.md" }));
    await field.fill("دو\n");
    await page.waitForTimeout(600);
    await page.keyboard.press("Escape");
    const asked = page.getByRole("dialog", { name: t("preview.leaveTitle") });
    await portal.picture("editor-leave");
    await asked.getByRole("button", { name: t("common.cancel") }).click();
    await asked.waitFor({ state: "detached" });
    expect(await field.inputValue()).toBe("دو\n");
    await page.reload();
    await page.getByRole("button", { name: t("preview.edit") }).click();
    await page.getByText(t("preview.fromDraft")).waitFor();
    expect(await field.inputValue()).toBe("دو\n");
    await portal.picture("editor-draft");
    expect(await portal.axe()).toEqual([]);
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("common.cancel") })
      .click();
    await page.getByRole("button", { name: t("preview.drop") }).click();
    await field.waitFor({ state: "detached" });
    expect(await admin.read(id, "a.md")).toBe("one\n");
  });
});

test("two who edit one file see both texts, and one may be saved over the other", async () => {
  const id = await admin.makeWorkspace(`both ${Date.now()}`, { "a.txt": "one\n" });
  await at({ locale: "en" }, id, async (portal) => {
    const { page, t } = portal;
    // What draws reasons comes late: what is shown of the conflict stays as it is all the same.
    await page.route(/assets\/reason-body/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await route.continue();
    });
    await page.reload();
    await rowOf(page, "a.txt").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: t("preview.edit") }).click();
    await dialog.getByLabel(t("preview.editing", { name: "a.txt" })).fill("mine\n");
    await admin.write(id, "a.txt", "theirs\n");
    await page.keyboard.press("Control+s");
    const over = dialog.getByRole("button", { name: t("preview.saveOver") });
    // Once theirs has come: what can't be pressed yet can't have the focus.
    await over.click({ trial: true });
    await over.focus();
    await page.waitForTimeout(1_500);
    expect(await over.evaluate((element) => element.matches(":focus"))).toBe(true);
    await dialog.locator("figure").getByText("theirs").waitFor();
    await dialog.locator("figure").getByText("mine").waitFor();
    await portal.picture("editor-conflict");
    expect(await portal.axe()).toEqual([]);
    await over.click();
    await dialog.getByLabel(t("preview.editing", { name: "a.txt" })).waitFor({ state: "detached" });
    expect(await admin.read(id, "a.txt")).toBe("mine\n");
  });
});

test("ends of lines and the mark before a text stay as they were", async () => {
  const id = await admin.makeWorkspace(`ends ${Date.now()}`, {});
  const mark = "\ufeff";
  await admin.write(id, "windows.txt", `${mark}one\r\ntwo\r\n`);
  await admin.write(id, "mixed.txt", "one\r\ntwo\nthree\r\n");
  await at({ locale: "fa" }, id, async (portal) => {
    const { page, t } = portal;
    const edit = async (name: string, change: (text: string) => string) => {
      await rowOf(page, name).click();
      await page.getByRole("button", { name: t("preview.edit") }).click();
      const field = page.getByLabel(t("preview.editing", { name }));
      const text = await field.inputValue();
      await field.fill(change(text));
      const told = await page.getByText(t("preview.mixedEnds")).count();
      if (told > 0) await portal.picture("editor-mixed");
      await page.keyboard.press("Control+s");
      await field.waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      return [text, told, new TextDecoder("utf-8", { ignoreBOM: true }).decode(await admin.readBytes(id, name))];
    };
    expect(await edit("windows.txt", (text) => `${text}three\n`)).toEqual([
      "one\ntwo\n",
      0,
      `${mark}one\r\ntwo\r\nthree\r\n`,
    ]);
    expect(await edit("mixed.txt", (text) => text.replace("one\n", "zero\none\n"))).toEqual([
      "one\ntwo\nthree\n",
      1,
      "zero\r\none\r\ntwo\nthree\r\n",
    ]);
  });
});

test("on a telephone the verbs of a file come in a sheet", async () => {
  const id = await admin.makeWorkspace(`sheet ${Date.now()}`, { "a.txt": "one\n" });
  await at({ locale: "fa", width: 390, scheme: "dark" }, id, async (portal) => {
    const { page, t } = portal;
    await page.getByRole("button", { name: t("files.menuOf", { name: "a.txt" }) }).click();
    const sheet = page.getByRole("dialog", { name: "a.txt" });
    await sheet.getByRole("button", { name: t("files.rename") }).waitFor();
    await portal.picture("files-sheet");
    expect(await portal.axe()).toEqual([]);
    await sheet.getByRole("button", { name: t("files.delete") }).click();
    await page.getByText(t("files.empty")).waitFor();
  });
});
