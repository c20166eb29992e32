import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { openedWithStorage } from "./opened-storage.ts";
import { password, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const MiB = 2 ** 20;
const stoa = openedWithStorage({ STORAGE_WORKSPACES: "inside" });

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

async function look(portal: PortalPage, name: string, section?: Locator): Promise<void> {
  await section?.scrollIntoViewIfNeeded();
  await portal.picture(`largest-${name}`);
  expect(await portal.axe("all"), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

const bytes = (mib: number) => Buffer.alloc(mib * MiB, 7);

/** Somebody with 12 MiB in a workspace, 1 in another, and 3 in the trash. */
async function somebody(locale: "en" | "fa") {
  const person = await register(stoa.url, locale);
  const api = await apiOf(stoa.url, person.username, password);
  const thesis = await api.makeWorkspace("Thesis", { "notes.md": "x" });
  await api.makeFolder(thesis, "data");
  await api.write(thesis, "data/reef scans.bin", bytes(6));
  await api.write(thesis, "data/b.bin", bytes(4));
  await api.write(thesis, "model.pt", bytes(2));
  await api.write(thesis, "old.bin", bytes(3));
  await api.remove(thesis, "old.bin");
  const other = await api.makeWorkspace("Other", {});
  await api.write(other, "plot.png", bytes(1));
  return { ...person, thesis, api };
}

describe.each(looks)("what takes most room ($locale)", (options) => {
  const size = (n: number, unit = "MiB") =>
    options.locale === "en" ? `${n} ${unit}` : `${n.toLocaleString("fa")} ${"مبی‌بایت"}`;
  const find = ({ page, t }: PortalPage) => ({
    section: page.getByRole("region", { name: t("storage.largest"), exact: true }),
    row: (name: string | RegExp) =>
      page
        .getByRole("list", { name: t("storage.largest") })
        .getByRole("listitem")
        .filter({ hasText: name }),
    dialog: page.getByRole("dialog"),
    result: page.getByRole("region", { name: t("storage.eraseResult") }),
  });

  test("is deleted for good by keyboard, several at once, and the meter follows", async () => {
    const { username, thesis, api } = await somebody(options.locale);
    await stoa.count(username, 17 * MiB, 16 * MiB);
    const portal = await stoa.open(options, username, password);
    const { page, t } = portal;
    const { section, row, dialog, result } = find(portal);
    await page.goto("/portal/storage");
    await section.getByRole("list").waitFor();
    // The largest first, by name.
    const names = await row("").locator("[title]").first().innerText();
    expect(names).toBe("data");
    await row("data").first().getByText(size(10)).waitFor();
    await section.getByText(t("storage.openTrash")).waitFor();
    await row(t("storage.inTheTrash")).getByText(size(3)).waitFor();
    const download = row("reef scans.bin").getByRole("link", {
      name: t("storage.downloadIt", { name: "reef scans.bin" }),
    });
    // On a phone it may begin right below the bar at the bottom.
    await download.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const [saved] = await Promise.all([page.waitForEvent("download"), download.click()]);
    expect(saved.suggestedFilename()).toBe("reef scans.bin");
    expect(await row("reef scans.bin").getByRole("link", { name: "Thesis" }).getAttribute("href")).toContain(
      `/workspaces/${thesis}`,
    );
    await look(portal, "full");

    const box = (name: string) => page.getByRole("checkbox", { name: t("files.choose", { name }), exact: true });
    await box("data").focus();
    await page.keyboard.press("Space");
    await box("b.bin").focus();
    await page.keyboard.press("Space");
    await box("old.bin").focus();
    await page.keyboard.press("Space");
    // What lies in a chosen folder is counted once.
    const bar = page.getByRole("toolbar", { name: t("files.chosenActions") });
    await bar.getByText(size(13)).waitFor();
    await look(portal, "chosen", bar);
    const verb = bar.getByRole("button", { name: t("trash.eraseShort") });
    await verb.focus();
    await page.keyboard.press("Enter");
    await dialog.getByText(size(13)).waitFor();
    await look(portal, "question");
    await page.keyboard.press("Escape");
    await expect.poll(() => verb.and(page.locator(":focus")).count()).toBe(1);
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: t("trash.eraseShort") }).focus();
    await page.keyboard.press("Enter");
    await result.getByText(t("storage.freed", { size: size(13) })).waitFor();
    await expect.poll(() => result.and(page.locator(":focus")).count()).toBe(1);
    await expect.poll(() => row("").count()).toBe(3);
    await look(portal, "freed", result);
    await expect(api.read(thesis, "data/b.bin")).rejects.toThrow("404");
    await expect.poll(() => page.getByText(t("storage.level_over")).count(), { timeout: 30_000 }).toBe(0);
    // There is room again; what was done stays told, and the list open.
    await result.waitFor();
    await portal.close();
  });

  test("tells what could not be deleted and why, and what lies there that no path leads to", async () => {
    const { username, thesis } = await somebody(options.locale);
    await stoa.count(username, 17 * MiB, 16 * MiB);
    const portal = await stoa.open(options, username, password);
    const { page, t } = portal;
    const { section, row, dialog, result } = find(portal);
    await page.route("**/storage/mine/largest**", async (route) => {
      const answer = await route.fetch();
      const found = (await answer.json()) as { items: object[] };
      const odd = { workspace: { id: thesis, name: "Thesis" }, path: "caf\\xe9", kind: "file", bytes: MiB };
      found.items.push({ ...odd, in_trash: false, trash_entry: null, openable: false, download: null });
      await route.fulfill({ response: answer, json: { ...found, complete: false, kept_by_snapshots: true } });
    });
    // As a full dataset may answer.
    await page.route("**/api/stoa/v1/operations/*", async (route) => {
      const answer = await route.fetch();
      const operation = (await answer.json()) as { result: { items?: { path: string }[] } | null };
      const items = operation.result?.items?.map((one) => ({
        ...one,
        ...(one.path === "model.pt" ? { done: false, problem: "Even deleting needs room here" } : {}),
      }));
      await route.fulfill({
        response: answer,
        json: items === undefined ? operation : { ...operation, result: { items } },
      });
    });
    await page.goto("/portal/storage");
    await section.getByText(t("storage.largestPartly")).waitFor();
    const odd = row("caf");
    await odd.getByText(t("storage.noPath")).waitFor();
    expect(await odd.getByRole("checkbox").isDisabled()).toBe(true);
    for (const name of ["model.pt", "b.bin"]) {
      await page.getByRole("checkbox", { name: t("files.choose", { name }), exact: true }).check();
    }
    await page.getByRole("button", { name: t("trash.eraseShort"), exact: true }).click();
    await dialog.getByText(t("storage.eraseFreesLater", { size: size(6) })).waitFor();
    await dialog.getByRole("button", { name: t("trash.eraseShort") }).click();
    await result.getByText(t("storage.freedLater", { size: size(4) })).waitFor();
    await result.getByText("Even deleting needs room here").waitFor();
    await look(portal, "left", result);
    await portal.close();
  });

  test("is looked for on request while there is room, takes its time, fails, and finds nothing", async () => {
    const person = await register(stoa.url, options.locale);
    const api = await apiOf(stoa.url, person.username, password);
    await api.makeWorkspace("Empty", {});
    const portal = await stoa.open(options, person.username, password);
    const { page, t } = portal;
    const { section } = find(portal);
    let mayAnswer = () => {};
    const held = new Promise<void>((resolve) => {
      mayAnswer = resolve;
    });
    let isBroken = true;
    await page.route("**/storage/mine/largest**", async (route) => {
      await held;
      if (!isBroken) return route.fallback();
      await route.fulfill({ status: 409, contentType: "application/problem+json", body: JSON.stringify(refusal) });
    });
    await page.goto("/portal/storage");
    await section.getByText(t("storage.largestClosed")).waitFor();
    await look(portal, "closed", section);
    const opener = section.getByRole("button", { name: t("storage.largestShow"), exact: true });
    await opener.focus();
    await page.keyboard.press("Enter");
    await section.getByText(t("storage.looking")).waitFor();
    await look(portal, "looking", section);
    mayAnswer();
    await section.getByRole("alert").waitFor();
    await look(portal, "refused", section);
    isBroken = false;
    await section.getByRole("button", { name: t("common.retry") }).click();
    await section.getByText(t("storage.largestNone")).waitFor();
    await look(portal, "nothing", section);
    await section.getByRole("button", { name: t("storage.largestHide"), exact: true }).click();
    await section.getByText(t("storage.largestClosed")).waitFor();
    await portal.close();
  });
});

const refusal = {
  type: "about:blank",
  title: "Conflict",
  status: 409,
  code: "conflict",
  detail: "It is busy.",
  details: {},
};
