import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiOf } from "./account-api.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

let browser: Browser;
let stoa: RunningStoa;

beforeAll(async () => {
  const withPrograms = join(import.meta.dirname, "../support/stoa-with-programs.ts");
  stoa = await runningStoa(
    { STOA_SESSION_EXTEND: "30m", STOA_SESSION_IDLE_STOP_BY_TYPE: "bench_web=12s" },
    withPrograms,
  );
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

/** With an administrator's pages. Sessions and limits of one test are not the next one's, whatever became of it. */
async function withPortals(
  looks: readonly PageOptions[],
  work: (portals: readonly PortalPage[]) => Promise<unknown>,
): Promise<void> {
  const portals = await Promise.all(looks.map((one) => openPortal(browser, stoa.url, one)));
  try {
    for (const portal of portals) await portal.signIn("admin", stoa.adminPassword);
    await work(portals);
    for (const portal of portals) expect(portal.complaints).toEqual([]);
  } finally {
    await Promise.all(portals.map((portal) => portal.close()));
    const admin = await apiOf(stoa.url, "admin", stoa.adminPassword);
    await admin.stopSessions();
    await admin.removeCoreHourLimit(1);
  }
}

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`session-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

const makeWorkspace = async (name: string) =>
  (await apiOf(stoa.url, "admin", stoa.adminPassword)).makeWorkspace(name, {});

const looks = [
  { locale: "en", scheme: "dark", width: 1440, halfHour: "30 mins", digits: (text: string) => text },
  {
    locale: "fa",
    scheme: "light",
    width: 390,
    halfHour: "۳۰ دقیقه",
    digits: (text: string) => text.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[Number(digit)] ?? digit),
  },
] as const;

describe.each(looks)("sessions ($locale, $scheme, $width)", ({ locale, scheme, width, halfHour, digits }) => {
  const withPortal = (work: (portal: PortalPage) => Promise<void>) =>
    withPortals([{ locale, scheme, width }], async ([portal]) => portal && work(portal));

  test("one is started with options, which are remembered, and given more time by a click", async () => {
    const id = await makeWorkspace(`Options ${locale}`);
    await withPortal(async (portal) => {
      const { page, t } = portal;
      const terminal = t("jobTypes.terminal");
      const form = page.getByRole("dialog");
      const exact = (name: string) =>
        form.getByRole("textbox", { name: t("startForm.exact", { label: t(`parameters.${name}`) }) });
      const openForm = async () => {
        await page.goto(`/portal/workspaces/${id}`);
        await page.getByRole("button", { name: t("quickStart.options", { name: terminal }) }).click();
        await exact("num_cpus").waitFor();
      };

      await openForm();
      await form.getByRole("slider", { name: t("parameters.num_cpus") }).press("ArrowUp");
      expect(await exact("num_cpus").inputValue()).toBe(digits("2"));
      await exact("time_limit_min").fill(digits("900"));
      await form.getByRole("alert").waitFor();
      const start = form.getByRole("button", { name: t("quickStart.start", { name: terminal }) });
      expect(await start.isDisabled()).toBe(true);
      await exact("time_limit_min").fill(digits("90"));
      await form.getByText(t("startForm.mayStart")).waitFor();
      await form.getByRole("meter", { name: t("checks.sessions") }).waitFor();
      await look(portal, "form");
      await start.click();

      const left = page.getByRole("meter", { name: t("sessions.timeLeft") });
      await left.waitFor();
      expect(await left.getAttribute("aria-valuetext")).toMatch(new RegExp(digits("30|29")));
      await look(portal, "time");
      await page.getByRole("button", { name: t("sessionTime.extend", { time: halfHour }) }).click();
      // Two hours, less what went by.
      await expect
        .poll(() => left.getAttribute("aria-valuetext"), { timeout: 15_000 })
        .toMatch(new RegExp(digits("^2|59")));
      await page
        .getByRole("region", { name: t("means.title") })
        .getByRole("listitem")
        .first()
        .waitFor();

      await page.getByRole("button", { name: t("sessions.stop"), exact: true }).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("sessions.stop"), exact: true })
        .click();
      const ended = page.getByRole("region", { name: t("sessions.how") });
      await ended.getByText(t("sessions.stoppedByYou")).waitFor();
      await look(portal, "ended");

      await openForm();
      expect(await exact("num_cpus").inputValue()).toBe(digits("2"));
      expect(await exact("time_limit_min").inputValue()).toBe(digits("90"));
    });
  });

  test("a program has its door, and opens in a tab of its own", async () => {
    const id = await makeWorkspace(`Door ${locale}`);
    await withPortal(async (portal) => {
      const { page, t } = portal;
      await page.goto(`/portal/workspaces/${id}`);
      await page.getByRole("button", { name: "test_web", exact: true }).click();
      const door = page.getByRole("button", { name: t("door.open", { name: "test_web" }) });
      await door.waitFor();
      await look(portal, "door");
      const [tab] = await Promise.all([page.waitForEvent("popup"), door.click()]);
      await tab.waitForURL(/^http:\/\/s-\d+\./);
      await tab.close();
      await page.getByRole("button", { name: t("sessions.stop"), exact: true }).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("sessions.stop"), exact: true })
        .click();
      await page.getByRole("button", { name: t("sessions.again") }).waitFor();
    });
  });

  test("core hours are limited by an administrator, and what goes beyond is told before the click", async () => {
    const id = await makeWorkspace(`Quota ${locale}`);
    await withPortal(async (portal) => {
      const { page, t } = portal;
      await page.goto("/portal/people/1");
      const hours = page.getByRole("region", { name: t("sessions.coreHours") });
      await hours.getByRole("button", { name: t("coreHours.set") }).click();
      await page.getByRole("textbox", { name: t("coreHours.hours") }).fill("x");
      await page.getByText(t("coreHours.wrong")).waitFor();
      await page.getByRole("textbox", { name: t("coreHours.hours") }).fill(digits("1.25"));
      await look(portal, "quota-form");
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("common.save") })
        .click();
      await hours.getByRole("meter").waitFor();
      await look(portal, "quota");

      await page.goto(`/portal/workspaces/${id}`);
      await page.getByRole("region", { name: t("startForm.notNow") }).waitFor();
      await look(portal, "not-now");
      const name = t("jobTypes.terminal");
      await page.getByRole("button", { name: t("quickStart.options", { name }) }).click();
      const form = page.getByRole("dialog");
      await form.getByText(t("startForm.notNow")).waitFor();
      const start = form.getByRole("button", { name: t("quickStart.start", { name }) });
      expect(await start.isDisabled()).toBe(true);
      await look(portal, "refused");
      const label = t("parameters.time_limit_min");
      await form.getByRole("textbox", { name: t("startForm.exact", { label }) }).fill(digits("5"));
      const cores = t("parameters.num_cpus");
      await form.getByRole("textbox", { name: t("startForm.exact", { label: cores }) }).fill(digits("1"));
      await form.getByText(t("startForm.mayStart")).waitFor();
      expect(await start.isEnabled()).toBe(true);

      await page.goto("/portal/people/1");
      await hours.getByRole("button", { name: t("coreHours.remove") }).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: t("coreHours.remove") })
        .click();
      await hours.getByText(t("coreHours.usedEver")).waitFor();
    });
  });
});

test("one that nobody uses is told of on every page, kept by a click, and stopped with the reason", async () => {
  const id = await makeWorkspace("Idle");
  // One session for both: each has to wait for what takes its time.
  await withPortals(looks, async (portals) => {
    const [first, other] = portals as [PortalPage, PortalPage];
    const keepOf = ({ page, t }: PortalPage) => page.getByRole("button", { name: t("soonStopped.keep") });
    for (const { page } of portals) await page.goto("/portal/activity");
    const session = await (await apiOf(stoa.url, "admin", stoa.adminPassword)).startSession(id, "bench_web");
    await keepOf(first).waitFor();
    await look(first, "idle-notice");
    await keepOf(first).click();
    for (const portal of portals) await keepOf(portal).waitFor({ state: "detached" });

    for (const { page } of portals) await page.goto(`/portal/sessions/${session}`);
    await keepOf(other).waitFor();
    await look(other, "idle");
    for (const portal of portals) {
      const ended = portal.page.getByRole("region", { name: portal.t("sessions.how") });
      await ended.getByText(portal === first ? /^Stopped because idle for / : /استفاده/).waitFor();
      await look(portal, "idle-ended");
    }
  });
});
