import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, openPortal } from "./portal-page.ts";
import { sharedStoa } from "./shared-stoa.ts";

let browser: Browser;
const stoa = sharedStoa();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

describe.each(["en", "fa"] as const)("the main job (%s)", (locale) => {
  test("sign in, make a workspace with a file, work in a terminal, stop it, find the result", async () => {
    const portal = await openPortal(browser, stoa.url, { locale });
    const { page, t } = portal;
    const name = `${locale === "fa" ? "دادهٔ دریا" : "Reef data"} ${Date.now()}`;
    const result = `result-${locale}.txt`;

    /** A picture, and what axe finds on it. */
    const look = async (step: string) => {
      await portal.picture(step);
      expect(await portal.axe(), step).toEqual([]);
    };

    await portal.signIn("admin", stoa.adminPassword);
    expect(await page.getAttribute("html", "dir")).toBe(locale === "fa" ? "rtl" : "ltr");
    await look("1-home");

    // A workspace with a file.
    await page
      .getByRole("link", { name: t("frame.workspaces") })
      .first()
      .click();
    await page.getByRole("button", { name: t("workspaces.new"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("workspaces.name"), { exact: true }).fill(name);
    await dialog.getByRole("button", { name: t("workspaces.firstFile") }).click();
    await dialog.getByLabel(t("workspaces.fileName")).fill("notes.txt");
    await dialog.getByLabel(t("workspaces.fileContent"), { exact: true }).fill("from the browser\n");
    await look("2-new-workspace");
    await dialog.getByRole("button", { name: t("common.create") }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    const files = page.getByRole("list", { name: t("files.list", { folder: t("files.root") }) });
    await files.getByRole("link", { name: "notes.txt", exact: true }).waitFor();
    await look("2-workspace");

    // A terminal, one click.
    const start = page.getByRole("button", { name: t("jobTypes.terminal"), exact: true });
    const clickedAt = Date.now();
    await start.click();
    const terminal = page.getByRole("region", { name: t("terminal.label") });
    await expect.poll(() => terminal.getAttribute("data-connection"), { timeout: 20_000 }).toBe("open");
    await expect.poll(() => terminal.innerText(), { timeout: 20_000 }).toMatch(/[$#]\s*$/);
    console.log(`click to prompt (${locale}): ${Date.now() - clickedAt} ms`);
    await page.keyboard.type(`cat notes.txt > ${result}; echo written-$((6*7))\n`);
    await expect.poll(() => terminal.innerText(), { timeout: 10_000 }).toContain("written-42");
    await look("3-terminal");

    // Stop it.
    await page.getByRole("button", { name: t("sessions.stop"), exact: true }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("sessions.stop"), exact: true })
      .click();
    await page.getByRole("status").getByText(t("states.complete"), { exact: true }).waitFor();
    await look("4-ended");

    // The result is among the workspace's files, and can be received.
    await page.getByRole("link", { name }).first().click();
    await files.getByRole("link", { name: result, exact: true }).waitFor();
    await files.getByRole("link", { name: result, exact: true }).click();
    await page.getByRole("dialog").getByText("from the browser").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page
        .getByRole("dialog")
        .getByRole("link", { name: t("files.downloadIt") })
        .click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe("from the browser\n");
    await look("5-result");

    expect(portal.complaints).toEqual([]);
    await portal.close();
  });
});
