import { describe, expect, test } from "vitest";
import { accessToken } from "../support/portal-client.ts";
import { openedOwn } from "./opened.ts";
import { password, register } from "./people.ts";
import type { PortalPage } from "./portal-page.ts";

const opened = openedOwn({});

interface Cell {
  readonly code: string;
  readonly timestamp: string;
  readonly status?: "error";
  readonly error_message?: string;
}

/** As a kernel reports. */
async function report(username: string, cells: readonly Cell[]): Promise<void> {
  const token = await accessToken(opened.url, username, password);
  const executions = cells.map((one, at) => ({
    ...{ status: "success", execution_time_ms: 400 + at * 10, cell_number: at + 1 },
    ...one,
  }));
  const answer = await fetch(`${opened.url}/api/audit-logs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ executions }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

async function endsOn({ page, axe, complaints, picture }: PortalPage, name: string): Promise<void> {
  await picture(`activity-${name}`);
  expect(await axe("all"), name).toEqual([]);
  const wide = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
}

describe.each([
  { locale: "en", width: 1440, scheme: "light" },
  { locale: "fa", width: 390, scheme: "dark" },
] as const)("what one ran ($locale, $width, $scheme)", (look) => {
  test("nothing yet says how it is switched on; what runs shows up by itself", async () => {
    const { username } = await register(opened.url, look.locale);
    const portal = await opened.open(look, username, password);
    const { page, t } = portal;
    await page.goto("/portal/activity");
    await page.getByText("%stoa_activity on").waitFor();
    await page.getByText(t("runs.selfReported")).waitFor();
    await endsOn(portal, "empty");
    await report(username, [{ code: "1 + 1", timestamp: daysAgo(0) }]);
    await page.getByText("1 + 1").waitFor({ timeout: 40_000 });
    await portal.close();
  });

  test("is a map, bars, and a log that is searched, narrowed, opened and deleted", async () => {
    const { username } = await register(opened.url, look.locale);
    const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    await report(username, [
      ...Array.from({ length: 40 }, (_, at) => ({ code: `plot(${at})`, timestamp: daysAgo(40 - at) })),
      { code: hostile, timestamp: daysAgo(0.003) },
      {
        code: "import numpy as np\nnp.broken()",
        timestamp: daysAgo(0.002),
        status: "error" as const,
        error_message: "AttributeError: module 'numpy' has no attribute 'broken'",
      },
      { code: Array.from({ length: 60 }, (_, at) => `line_${at} = ${at}`).join("\n"), timestamp: daysAgo(0.001) },
    ]);
    const portal = await opened.open(look, username, password);
    const { page, t } = portal;
    await page.goto("/portal/activity");
    const log = page.getByRole("list", { name: t("runs.log") });
    await log.getByText("np.broken()").waitFor();
    await endsOn(portal, "typical");

    // Code is text, whatever it says.
    await page.getByText(hostile).waitFor();
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    const code = page.locator("pre", { hasText: "np.broken()" });
    expect(await code.getAttribute("dir")).toBe("ltr");

    // An error opens, long code too.
    await page.getByRole("button", { name: t("runs.showError") }).click();
    await page.getByText("no attribute 'broken'").waitFor();
    await page
      .getByRole("button", { name: t("runs.showCode") })
      .first()
      .click();
    await page.getByText("line_59 = 59").waitFor();
    await endsOn(portal, "opened");

    // The map by keys: a day back, chosen, and let go.
    const year = page.getByRole("listbox", { name: t("runs.year") });
    const today = year.locator('[tabindex="0"]');
    expect(await today.getAttribute("data-day")).toBe(new Date().toISOString().slice(0, 10));
    await today.focus();
    await page.keyboard.press(look.locale === "fa" ? "ArrowRight" : "ArrowLeft");
    const week = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);
    expect(await page.evaluate("document.activeElement.dataset.day")).toBe(week);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/activity?day=${week}`);
    await log.getByText("plot(33)").waitFor();
    expect(await log.locator("pre").count()).toBeLessThanOrEqual(2);
    await endsOn(portal, "of-a-day");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/activity");

    // Searched as one types; the address can be kept.
    if (look.width < 700) await page.getByRole("button", { name: t("filters.narrow") }).click();
    await page.getByLabel(t("runs.find")).fill("BROKEN");
    await page.waitForURL("**/activity?query=BROKEN");
    await expect.poll(() => log.locator("article").count()).toBe(1);
    await page.getByLabel(t("runs.find")).fill("no such thing");
    await page.getByText(t("runs.noMatch")).waitFor();
    await endsOn(portal, "no-match");
    await page.goto("/portal/activity?status=error");
    await log.getByText("np.broken()").waitFor();
    expect(await log.locator("article").count()).toBe(1);

    // All of it is one's own to delete.
    await page.goto("/portal/activity");
    await page.getByRole("button", { name: t("runs.erase") }).click();
    await endsOn(portal, "erase");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("runs.eraseDo") })
      .click();
    await page.getByText(t("runs.none")).waitFor();
    await page.goto("/portal/activity");
    await page.getByText(t("runs.none")).waitFor();

    // What the portal did is beside it.
    await page.getByRole("link", { name: t("runs.tabs.operations") }).click();
    await page.getByText(t("kinds.activity.erase")).filter({ visible: true }).first().waitFor();
    await endsOn(portal, "operations");
    await portal.close();
  });
});
