import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { makeSnapshots } from "../support/make-snapshots.ts";
import { type Account, apiOf } from "./account-api.ts";
import { misfits } from "./misfits.ts";
import { newStorageBase, openedWithStorage } from "./opened-storage.ts";
import { password, register } from "./people.ts";
import type { PageOptions, PortalPage } from "./portal-page.ts";

const base = newStorageBase();
const snapshots = makeSnapshots(base);
const stoa = openedWithStorage(
  { STORAGE_WORKSPACES: "inside", ...snapshots.env },
  join(import.meta.dirname, "../support/stoa-with-snapshots.ts"),
  base,
);

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

const hour = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * hour);

interface Ground {
  readonly username: string;
  readonly id: number;
  readonly api: Account;
  /** As all of theirs is now, as if that had been at this moment. */
  keep(name: string, at: Date): void;
}

/** Somebody whose workspace was kept ten days ago, the day before yesterday, yesterday and twice today. */
async function somebody(locale: "en" | "fa"): Promise<Ground> {
  const { username } = await register(stoa.url, locale);
  const api = await apiOf(stoa.url, username, password);
  const id = await api.makeWorkspace("Reef", { "notes.md": "# First\n", "kept.txt": "as ever\n" });
  const [found = ""] = globSync(join(base, `**/workspaces/${id}`));
  const directory = dirname(dirname(found));
  const keep = (name: string, at: Date) => snapshots.take(username, directory, name, at);
  keep("stoa-weekly-2026W46", ago(240));
  await api.makeFolder(id, "data");
  await api.write(id, "data/counts.csv", "reef,fish\nA,12\n");
  await api.write(id, "data/deeper.csv", "a,b\n");
  keep("before-the-move", ago(50));
  await api.write(id, "notes.md", "# Second\n");
  await api.write(id, "draft.txt", "soon lost\n");
  keep("stoa-daily-20261121", ago(26));
  keep("stoa-hourly-20261122T05", ago(3));
  keep("stoa-hourly-20261122T06", ago(2));
  await api.write(id, "notes.md", "# Third\n");
  await api.remove(id, "draft.txt");
  await api.write(id, "data/deeper.csv", "a,b,c\n");
  await stoa.database.query("update workspaces set created_at = now() - interval '30 days' where id = $1", [id]);
  return { username, id, api, keep };
}

const rowOf = (page: Page, name: string) =>
  page.getByRole("listitem").filter({ has: page.locator(`[data-row]`, { hasText: new RegExp(`^${name}$`) }) });
const marks = (page: Page) => page.getByRole("option");
const chosen = (page: Page) => page.getByRole("option", { selected: true });
const at = (page: Page) => new URL(page.url()).searchParams.get("at");

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`snapshots-${name}`);
  expect(await portal.axe("all"), name).toEqual([]);
  expect(await misfits(portal.page), name).toEqual([]);
}

async function opened(options: PageOptions, { username, id }: Ground, search: string): Promise<PortalPage> {
  const portal = await stoa.open(options, username, password);
  await portal.page.goto(`/portal/workspaces/${id}${search}`);
  return portal;
}

test.each(looks)("a folder is seen as it was, and what has become of it ($locale)", async (options) => {
  const ground = await somebody(options.locale);
  const portal = await opened(options, ground, "");
  const { page, t } = portal;
  await page.getByRole("link", { name: t("snapshots.open") }).click();
  await page.getByRole("heading", { name: t("snapshots.title") }).waitFor();
  // The newest moment, and the keyboard stands on it.
  await expect.poll(() => at(page)).toBe("stoa-hourly-20261122T06");
  await expect.poll(() => marks(page).count()).toBe(5);
  await expect.poll(() => chosen(page).evaluate((one) => one.matches(":focus"))).toBe(true);
  const says = (name: string, word: string) =>
    rowOf(page, name)
      .getByText(t(`snapshots.now_${word}`))
      .waitFor();
  await says("kept.txt", "same");
  await says("notes.md", "changed");
  await says("draft.txt", "gone");
  await look(portal, "newest");
  expect(await rowOf(page, "kept.txt").getByRole("button").isDisabled()).toBe(true);

  // What is in a folder with the same names is not compared: it stays.
  await page.getByRole("checkbox", { name: t("snapshots.differing") }).check();
  await rowOf(page, "kept.txt").waitFor({ state: "detached" });
  expect(await rowOf(page, "data").count()).toBe(1);
  await page.locator("[data-row=data]").click();
  await says("deeper.csv", "changed");
  await rowOf(page, "counts.csv").waitFor({ state: "detached" });
  await look(portal, "in-a-folder");

  // Ten days ago there was no such folder.
  await marks(page).first().click();
  await page.getByText(t("snapshots.notThen", { folder: "data" })).waitFor();
  await look(portal, "not-there-yet");
  await page.goBack();
  await says("deeper.csv", "changed");
  expect(at(page)).toBe("stoa-hourly-20261122T06");
  await page.goBack();
  await rowOf(page, "draft.txt").waitFor();

  await page.getByRole("link", { name: t("snapshots.backToNow") }).click();
  await page.getByRole("button", { name: t("files.upload"), exact: true }).waitFor();
  await rowOf(page, "draft.txt").waitFor({ state: "detached" });
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

test.each(looks)("moments are walked by keyboard along the reading direction ($locale)", async (options) => {
  const ground = await somebody(options.locale);
  const portal = await opened(options, ground, "?at=stoa-daily-20261121");
  const { page, t } = portal;
  await chosen(page).focus();
  const [later, earlier] = options.locale === "fa" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  const from = (await chosen(page).boundingBox())?.x ?? 0;
  await page.keyboard.press(later);
  await expect.poll(() => at(page)).toBe("stoa-hourly-20261122T05");
  const to = (await chosen(page).boundingBox())?.x ?? 0;
  // On a narrow screen the strip moves instead.
  if (options.width > 1000) expect(Math.sign(to - from)).toBe(1);
  await page.keyboard.press(earlier);
  await page.keyboard.press(earlier);
  await expect.poll(() => at(page)).toBe("before-the-move");
  await expect.poll(() => chosen(page).getAttribute("aria-label")).toMatch(patternOf(t("snapshots.moment_byHand")));
  await rowOf(page, "draft.txt").waitFor({ state: "detached" });
  await page.keyboard.press("Home");
  await expect.poll(() => at(page)).toBe("stoa-weekly-2026W46");
  expect(await page.getByRole("button", { name: t("snapshots.earlier"), exact: true }).isDisabled()).toBe(true);
  await page.keyboard.press("End");
  await expect.poll(() => at(page)).toBe("stoa-hourly-20261122T06");
  // One stop of the Tab key for all of them.
  expect(await page.locator("[role=option][tabindex='0']").count()).toBe(1);
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

const patternOf = (text: string) => new RegExp(text.replace("{{when}}", ".+"));

test("a preview and a download are of then", async () => {
  const ground = await somebody("en");
  const portal = await opened({ locale: "en" }, ground, "?at=before-the-move");
  const { page, t } = portal;
  await page.locator("[data-row='notes.md']").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "First" }).waitFor();
  expect(await dialog.getByRole("button", { name: t("preview.edit") }).count()).toBe(0);
  await look(portal, "preview");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(at(page)).toBe("before-the-move");
  await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('data-row')")).toBe("notes.md");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: t("snapshots.download", { name: "notes.md" }) }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("notes.md");
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe("# First\n");
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

test.each(looks)("what is gone comes back, and goes again when that is undone ($locale)", async (options) => {
  const ground = await somebody(options.locale);
  const portal = await opened(options, ground, "?at=stoa-daily-20261121");
  const { page, t } = portal;
  await rowOf(page, "draft.txt").getByRole("button").press("Enter");
  const undo = page.getByRole("region", { name: t("undo.region") });
  await undo.getByText(t("trash.isBack", { name: "draft.txt" })).waitFor();
  expect(await ground.api.read(ground.id, "draft.txt")).toBe("soon lost\n");
  await rowOf(page, "draft.txt").getByText(t("snapshots.now_same")).waitFor();
  // The button is out; the keyboard stands in its row still.
  expect(await page.locator("[data-row='draft.txt']").evaluate((one) => one.matches(":focus"))).toBe(true);
  await look(portal, "is-back");
  await undo.getByRole("button", { name: t("undo.undo") }).click();
  await rowOf(page, "draft.txt").getByText(t("snapshots.now_gone")).waitFor();
  await expect(ground.api.read(ground.id, "draft.txt")).rejects.toThrow("404");
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

test.each(looks)("whether both stay or one is replaced is asked once ($locale)", async (options) => {
  const ground = await somebody(options.locale);
  const portal = await opened(options, ground, "?at=stoa-daily-20261121");
  const { page, t } = portal;
  const { api, id } = ground;
  const undo = page.getByRole("region", { name: t("undo.region") });
  const dialog = page.getByRole("dialog");
  const restore = () => rowOf(page, "notes.md").getByRole("button").click();

  await restore();
  await dialog.getByText(t("snapshots.taken", { name: "notes.md" })).waitFor();
  await look(portal, "taken");
  // What harms nothing is where the keyboard stands.
  await page.keyboard.press("Enter");
  await undo.getByText(t("snapshots.isBackAs", { name: "notes.md", as: "notes (2).md" })).waitFor();
  expect(await api.read(id, "notes.md")).toBe("# Third\n");
  expect(await api.read(id, "notes (2).md")).toBe("# Second\n");
  await undo.getByRole("button", { name: t("undo.undo") }).click();
  await expect.poll(() => api.read(id, "notes (2).md").catch(String)).toContain("404");

  await restore();
  await dialog.getByRole("button", { name: t("uploads.replace"), exact: true }).click();
  // The whole sentence: that of the first one begins alike, and may still be leaving.
  await undo.getByText(t("trash.isBack", { name: "notes.md" }), { exact: true }).waitFor();
  expect(await api.read(id, "notes.md")).toBe("# Second\n");
  await undo.getByRole("button", { name: t("undo.undo") }).click();
  await expect.poll(() => api.read(id, "notes.md").catch(String)).toBe("# Third\n");

  // Several at once: what is the same is left where it is.
  await page.getByRole("checkbox", { name: t("files.chooseAll") }).check();
  const bar = page.getByRole("toolbar", { name: t("files.chosenActions") });
  await bar.getByRole("button", { name: t("trash.restoreShort") }).click();
  await dialog
    .getByText(t("snapshots.takenMany_other").replace("{{count, number}}", options.locale === "fa" ? "۲" : "2"))
    .waitFor();
  await dialog.getByRole("button", { name: t("uploads.replace"), exact: true }).click();
  await undo
    .getByText(t("trash.areBack_other").replace("{{count, number}}", options.locale === "fa" ? "۳" : "3"))
    .waitFor();
  expect(await api.read(id, "data/deeper.csv")).toBe("a,b\n");
  expect(await api.read(id, "notes.md")).toBe("# Second\n");
  await undo.getByRole("link", { name: t("trash.goThere") }).click();
  await page.getByRole("button", { name: t("files.upload"), exact: true }).waitFor();
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

test.each(looks)("an address that leads to nothing says why ($locale)", async (options) => {
  const ground = await somebody(options.locale);
  const portal = await opened(options, ground, "?at=stoa-hourly-20250101T00");
  const { page, t } = portal;
  await page.getByText(t("snapshots.notKeptText")).waitFor();
  await look(portal, "not-kept");
  await marks(page).last().click();
  await rowOf(page, "draft.txt").waitFor();
  // Without snapshots nothing leads there, but an address may.
  const without = { ...ground, ...(await register(stoa.url, options.locale)) };
  const api = await apiOf(stoa.url, without.username, password);
  const id = await api.makeWorkspace("New", { "a.txt": "a" });
  await portal.close();
  const other = await opened(options, { ...without, id }, "");
  const asked = other.page.waitForResponse((answer) => answer.url().endsWith(`/workspaces/${id}/snapshots`));
  await (await asked).finished();
  expect(await other.page.getByRole("link", { name: t("snapshots.open") }).count()).toBe(0);
  await other.page.goto(`/portal/workspaces/${id}?at=any`);
  await other.page.getByText(t("snapshots.whyNot_no_snapshots")).waitFor();
  await look(other, "not-possible");
  expect([...portal.complaints, ...other.complaints]).toEqual([]);
  await other.close();
});

/** 400 % on a screen of 1280 leaves 320 (WCAG 1.4.10). */
const narrow = [
  { locale: "en", width: 320 },
  { locale: "fa", width: 320 },
  { locale: "fa", width: 1440 },
] as const;

test.each(narrow)(
  "many moments are a strip that moves, and the chosen one is in sight ($locale, $width)",
  async (options) => {
    const ground = await somebody(options.locale);
    for (const back of Array.from({ length: 60 }, (_, at) => at)) ground.keep(`by-hand-${back}`, ago(4 + 2 * back));
    const portal = await opened(options, ground, "?at=by-hand-30");
    const { page } = portal;
    await rowOf(page, "notes.md").waitFor();
    const inSight = () =>
      chosen(page).evaluate((one) => {
        const { left, right } = one.getBoundingClientRect();
        return left >= 0 && right <= one.ownerDocument.documentElement.clientWidth;
      });
    await expect.poll(inSight).toBe(true);
    await look(portal, "many");
    await chosen(page).focus();
    for (const key of ["Home", "End"]) {
      await page.keyboard.press(key);
      await expect.poll(() => chosen(page).evaluate((one) => one.matches(":focus"))).toBe(true);
      await expect.poll(inSight).toBe(true);
    }
    expect(portal.complaints).toEqual([]);
    await portal.close();
  },
);

test.each(looks)("what did not come back says why, beside what did ($locale)", async (options) => {
  const ground = await somebody(options.locale);
  const portal = await opened(options, ground, "?at=stoa-daily-20261121");
  const { page, t } = portal;
  // As a full storage answers in the middle, which no test can time.
  await page.route("**/restore", async (route) => {
    const problem = options.locale === "fa" ? "دیگر جایی برای آن نمانده است." : "There is no room left for it.";
    await route.fulfill({
      json: {
        restored: [{ path: "draft.txt", restored_as: "draft.txt" }],
        failed: [{ path: "notes.md", problem, code: "disk_full" }],
      },
    });
  });
  await page.getByRole("checkbox", { name: t("files.chooseAll") }).check();
  const bar = page.getByRole("toolbar", { name: t("files.chosenActions") });
  await bar.getByRole("button", { name: t("trash.restoreShort") }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: t("uploads.keep_both") })
    .click();
  const alert = page.getByRole("alert", { name: t("snapshots.failed") });
  await alert.getByText("notes.md").waitFor();
  await page.getByText(t("trash.isBack", { name: "draft.txt" })).waitFor();
  await look(portal, "some-failed");
  // What is left is chosen still, for another try.
  await expect.poll(() => rowOf(page, "draft.txt").getByRole("checkbox").isChecked()).toBe(false);
  expect(await rowOf(page, "notes.md").getByRole("checkbox").isChecked()).toBe(true);
  expect(portal.complaints).toEqual([]);
  await portal.close();
});

test("a storage that is away is asked again, and one that can't be looked into says so", async () => {
  const ground = await somebody("en");
  const portal = await stoa.open({ locale: "en" }, ground.username, password);
  const { page, t } = portal;
  let whyNot: string | null = "not_browsable";
  await page.route(/\/workspaces\/\d+\/snapshots$/, async (route) => {
    if (whyNot === null) return route.fallback();
    await route.fulfill({ json: { items: [], possible: false, why_not: whyNot } });
  });
  const address = `/portal/workspaces/${ground.id}?at=stoa-daily-20261121`;
  for (const why of ["not_browsable", "not_inside", "away"]) {
    whyNot = why;
    await page.goto(address);
    await page.getByText(t(`snapshots.whyNot_${why}`)).waitFor();
  }
  await look(portal, "away");
  whyNot = null;
  await page.getByRole("button", { name: t("common.retry") }).click();
  await rowOf(page, "draft.txt").waitFor();
  expect(portal.complaints).toEqual([]);
  await portal.close();
});
