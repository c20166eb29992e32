import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openedShared } from "./opened.ts";
import type { PortalPage } from "./portal-page.ts";

const stoa = openedShared();

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`kept-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  expect(portal.complaints, name).toEqual([]);
}

test.each(["en", "fa"] as const)(
  "what is chosen for a start outlives a reload, and is given up by Cancel (%s)",
  async (locale) => {
    const workspace = await (await stoa.api()).makeWorkspace(`Choices ${locale}`, {});
    const portal = await stoa.asAdmin({ locale });
    const { page, t } = portal;
    const open = async () => {
      await page.goto(`/portal/workspaces/${workspace}`);
      await page.getByRole("button", { name: t("quickStart.options", { name: t("jobTypes.terminal") }) }).click();
    };
    const exact = page.getByRole("dialog").getByLabel(t("startForm.exact", { label: t("parameters.time_limit_min") }));
    await open();
    const usual = await exact.inputValue();
    const chosen = locale === "fa" ? "۷۷" : "77";
    await exact.fill(chosen);
    await look(portal, "start");
    await page.reload();
    await open();
    expect(await exact.inputValue()).toBe(chosen);
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("common.cancel") })
      .click();
    await open();
    expect(await exact.inputValue()).toBe(usual);
    await portal.close();
  },
);

test.each(["en", "fa"] as const)(
  "what a session printed is searched, unwrapped and taken along (%s)",
  async (locale) => {
    const api = await stoa.api();
    const session = await api.startSession(await api.makeWorkspace(`Output ${locale}`, {}), "terminal");
    const portal = await stoa.asAdmin({ locale, scheme: "dark" });
    const { page, t } = portal;
    await page.goto(`/portal/sessions/${session}`);
    const terminal = page.getByRole("region", { name: t("terminal.label") });
    await expect.poll(() => terminal.getAttribute("data-connection"), { timeout: 20_000 }).toBe("open");
    await terminal.getByLabel(t("terminal.input")).focus();
    await page.keyboard.type("echo pearl-$((40+2))\n");
    await expect.poll(() => terminal.innerText()).toContain("pearl-42");
    await api.stopSessions();

    const log = page.getByRole("region", { name: t("sessions.log") });
    await log.getByRole("button", { name: t("terminal.find"), exact: true }).click();
    const bar = log.getByRole("search", { name: t("terminal.find") });
    await bar.getByRole("textbox").fill("pearl-42");
    expect(await bar.getByText(t("terminal.notFound")).count()).toBe(0);
    await look(portal, "found");
    await bar.getByRole("textbox").fill("no such pearl");
    await bar.getByText(t("terminal.notFound")).waitFor();
    await page.keyboard.press("Escape");
    await bar.waitFor({ state: "detached" });

    const wraps = log.getByRole("button", { name: t("sessions.wrapLog") });
    expect(await wraps.getAttribute("aria-pressed")).toBe("true");
    await wraps.click();
    expect(await wraps.getAttribute("aria-pressed")).toBe("false");
    await look(portal, "unwrapped");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      log.getByRole("link", { name: t("sessions.downloadLog") }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`session-${session}.log`);
    expect(readFileSync(await file.path(), "utf8")).toContain("pearl-42");
    await portal.close();
  },
);
