import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { password, register } from "./people.ts";
import { openBrowser, openPortal } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

let browser: Browser;
let stoa: RunningStoa;

beforeAll(async () => {
  stoa = await runningStoa();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

describe.each(["en", "fa"] as const)("sharing (%s)", (locale) => {
  test("one offers, the other accepts and has the files, the first sees it", async () => {
    const other = await register(stoa.url, locale);
    const admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
    const name = `${locale === "fa" ? "برای همه" : "For all"} ${Date.now()}`;
    const id = await admin.makeWorkspace(name, { "gift.txt": "for you\n" });

    const sender = await openPortal(browser, stoa.url, { locale });
    const { page, t } = sender;
    await sender.signIn("admin", stoa.adminPassword);
    await page.goto(`/portal/workspaces/${id}`);
    await page.getByRole("button", { name: t("sharing.share"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("sharing.people")).fill(other.username);
    await dialog.getByLabel(other.fullName).check();
    await sender.picture("share-dialog");
    expect(await sender.axe()).toEqual([]);
    await dialog.getByRole("button", { name: t("sharing.share"), exact: true }).click();
    await page.getByRole("status").getByText(t("sharing.sharedNow")).waitFor();
    const shares = page.getByRole("region", { name: t("sharing.title") });
    await shares.getByText(other.fullName).waitFor();
    await shares.getByText(t("states.unanswered")).waitFor({ timeout: 20_000 });
    await sender.picture("share-offered");
    expect(await sender.axe()).toEqual([]);

    const receiver = await openPortal(browser, stoa.url, { locale, scheme: "dark", width: 390 });
    await receiver.signIn(other.username, password);
    const accept = receiver.page.getByRole("button", { name: t("offers.acceptOne", { name }), exact: true });
    await accept.waitFor();
    await receiver.picture("share-received");
    expect(await receiver.axe()).toEqual([]);
    await accept.click();
    await receiver.page.getByRole("heading", { level: 1, name }).waitFor();
    await receiver.page.getByRole("link", { name: "gift.txt", exact: true }).click();
    await receiver.page.getByRole("dialog").getByText("for you").waitFor();

    await shares.getByText(t("states.accepted")).waitFor();
    expect([...sender.complaints, ...receiver.complaints]).toEqual([]);
    await receiver.close();
    await sender.close();
  });

  test("what is declined is told with its reason", async () => {
    const other = await register(stoa.url, locale);
    const admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
    const name = `${locale === "fa" ? "ناخواسته" : "Unwanted"} ${Date.now()}`;
    const id = await admin.makeWorkspace(name, { "gift.txt": "for you\n" });
    await admin.share(id, other.username);

    const receiver = await openPortal(browser, stoa.url, { locale });
    const { page, t } = receiver;
    await receiver.signIn(other.username, password);
    await page.getByRole("button", { name: t("offers.declineOne", { name }), exact: true }).click({ timeout: 20_000 });
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("sharing.why")).fill("no room here");
    await receiver.picture("share-decline");
    expect(await receiver.axe()).toEqual([]);
    await dialog.getByRole("button", { name: t("offers.decline"), exact: true }).click();
    await page.getByText(name, { exact: true }).waitFor({ state: "detached" });
    await receiver.close();

    const sender = await openPortal(browser, stoa.url, { locale });
    await sender.signIn("admin", stoa.adminPassword);
    await sender.page.goto(`/portal/workspaces/${id}`);
    await sender.page.getByText("no room here").waitFor();
    await sender.close();
  });

  test("who must answer is said before a deletion, which is led to taking it back", async () => {
    const other = await register(stoa.url, locale);
    const admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
    const name = `${locale === "fa" ? "ماندنی" : "Kept"} ${Date.now()}`;
    const id = await admin.makeWorkspace(name, { "gift.txt": "for you\n" });
    await admin.share(id, other.username);

    const sender = await openPortal(browser, stoa.url, { locale });
    const { page, t } = sender;
    await sender.signIn("admin", stoa.adminPassword);
    await page.goto(`/portal/workspaces/${id}`);
    await page.getByRole("button", { name: t("workspaces.settings"), exact: true }).click();
    await page.getByRole("button", { name: t("workspaces.delete"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(other.fullName).waitFor();
    await sender.picture("workspace-delete-shared");
    expect(await sender.axe()).toEqual([]);
    await dialog.getByRole("button", { name: t("sharing.goTo"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    const shares = page.getByRole("region", { name: t("sharing.title") });
    await page.locator("#sharing:focus").waitFor();
    await shares.getByRole("button", { name: t("sharing.cancelFor", { name: other.fullName }) }).click();
    await shares.getByText(t("states.cancelled")).waitFor();
    await page.goto("/portal/activity/operations");
    await page.getByText(name).first().waitFor();
    await sender.picture("activity-shared");
    expect(sender.complaints).toEqual([]);
    await sender.close();
  });
});
