import { createHmac } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPortal } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

let browser: Browser;
let stoa: RunningStoa;
const password = "a quiet colonnade";

beforeAll(async () => {
  stoa = await runningStoa();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an authenticator app shows now (RFC 6238: SHA-1, six digits, 30 seconds). @param secret base32 */
function codeNow(secret: string): string {
  const bits = [...secret.replaceAll(/[\s=]/g, "")].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0"));
  const key = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

test.each(["en", "fa"] as const)(
  "a second factor is set up, asked for, and replaced by a recovery code (%s)",
  async (locale) => {
    const username = `f${locale}${Date.now().toString(36)}`;
    await fetch(`${stoa.url}/api/register`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: stoa.url },
      body: JSON.stringify({ username, email: `${username}@example.org`, full_name: "Farid", password }),
    });
    const portal = await openPortal(browser, stoa.url, { locale });
    const { page, t } = portal;
    await portal.signIn(username, password);
    await page.goto("/portal/account");
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
