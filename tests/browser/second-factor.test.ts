import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeNow } from "./authenticator.ts";
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

test.each(["en", "fa"] as const)(
  "a second factor is set up, asked for, and replaced by a recovery code (%s)",
  async (locale) => {
    const { username } = await register(stoa.url, locale);
    const portal = await openPortal(browser, stoa.url, { locale });
    const { page, t } = portal;
    await portal.signIn(username, password);
    await page.goto("/portal/account/security");
    await page.getByRole("button", { name: t("secondFactor.enable") }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("auth.currentPassword"), { exact: true }).fill(password);
    await dialog.getByRole("button", { name: t("secondFactor.next") }).click();
    await dialog.getByRole("img", { name: t("secondFactor.qr") }).waitFor();
    await portal.picture("second-factor-qr");
    expect(await portal.axe()).toEqual([]);
    await dialog.getByText(t("secondFactor.noCamera")).click();
    const secret = await dialog.locator("code").innerText();
    await dialog.getByLabel(t("secondFactor.firstCode")).fill(codeNow(secret));
    await dialog.getByRole("button", { name: t("secondFactor.confirm") }).click();
    const list = dialog.getByRole("list", { name: t("secondFactor.codes") });
    await list.waitFor();
    const codes = await list.getByRole("listitem").allInnerTexts();
    expect(codes).toHaveLength(10);
    await portal.picture("second-factor-codes");
    expect(await portal.axe()).toEqual([]);
    await dialog.getByLabel(t("secondFactor.codesKept")).check();
    await dialog.getByRole("button", { name: t("secondFactor.done") }).click();
    await page.getByRole("button", { name: t("secondFactor.newCodes") }).waitFor();
    expect(portal.complaints).toEqual([]);
    await portal.close();

    const other = await openPortal(browser, stoa.url, { locale, width: 390, scheme: "dark" });
    await other.page.goto("/portal");
    await other.page.getByLabel(t("auth.usernameOrEmail")).fill(username);
    await other.page.getByLabel(t("auth.password"), { exact: true }).fill(password);
    await other.page.keyboard.press("Enter");
    const field = other.page.getByLabel(t("auth.code"), { exact: true });
    await field.fill("000000");
    await other.page.keyboard.press("Enter");
    await other.page.getByRole("alert").waitFor();
    await other.picture("second-factor-step");
    expect(await other.axe()).toEqual([]);
    await field.fill(codes[0] ?? "");
    await other.page.keyboard.press("Enter");
    await other.page
      .getByRole("navigation", { name: t("frame.navigation") })
      .filter({ visible: true })
      .waitFor();
    await other.close();
  },
);
