import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Account, apiOf } from "./account-api.ts";
import { password, register } from "./people.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { type RunningStoa, runningStoa } from "./running-stoa.ts";

/** One with every kind of option, which ends at once with status 3; one whose program is not here. */
const types = `
commands:
  simulation:
    name: Simulation
    icon: chart
    command: [/bin/sh, -c, "echo cannot open the data; exit 3"]
    ready: started
    resources: [num_cpus]
    parameters:
      - { name: theme, label: Theme, description: About the theme, type: str, choices: [light, dark], default: dark }
      - { name: depth, label: Depth, description: About the depth, type: int, min: 1, max: 9, default: 3 }
      - { name: seed, label: Seed, description: About the seed, type: int, default: 1 }
      - { name: verbose, label: Verbose, description: About being verbose, type: bool, default: false }
      - { name: dataset, label: Dataset, description: About the dataset, type: str, required: true }
      - { name: tags, label: Tags, description: About the tags, type: list }
      - { name: marks, label: Marks, description: About the marks, type: dict }
  absent: { name: Absent, command: [no-such-program-anywhere], ready: started }
`;

const file = join(tmpdir(), `stoa-types-${process.pid}.yaml`);
let browser: Browser;
let stoa: RunningStoa;
let person: Awaited<ReturnType<typeof register>>;
let theirs: Account;

beforeAll(async () => {
  writeFileSync(file, types);
  stoa = await runningStoa({ STOA_JOB_TYPES: file }, join(import.meta.dirname, "../support/stoa-with-programs.ts"));
  browser = await openBrowser();
  person = await register(stoa.url, "en");
  theirs = await apiOf(stoa.url, person.username, password);
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
  rmSync(file, { force: true });
});

async function withPortal(look: PageOptions, work: (portal: PortalPage) => Promise<void>): Promise<void> {
  const portal = await openPortal(browser, stoa.url, look);
  try {
    await portal.signIn(person.username, password);
    await work(portal);
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
    await theirs.stopSessions();
  }
}

async function look(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`session-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name}: pixels wider than the screen`).toBeLessThanOrEqual(0);
}

/** What a screen reader says of a field besides its name. */
async function described(field: Locator): Promise<string> {
  const ids = (await field.getAttribute("aria-describedby"))?.split(" ").filter(Boolean) ?? [];
  const texts = await Promise.all(ids.map((id) => field.page().locator(`[id="${id}"]`).textContent()));
  return texts.join(" ");
}

describe.each([
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const)("a session that is prepared first ($locale, $scheme, $width)", (how) => {
  test("shows what that prints while it goes on, and can be stopped; one that fails says why", async () => {
    const workspace = await theirs.makeWorkspace(`Prepared ${how.locale}`, {});
    const stopped = await theirs.startSession(workspace, "test_prepared");
    await withPortal(how, async (portal) => {
      const { page, t } = portal;
      await page.goto(`/portal/sessions/${stopped}`);
      const output = page.getByRole("region", { name: t("sessions.log"), exact: true });
      await output.getByText("Collecting numpy").first().waitFor();
      await page
        .getByText(/numpy, pandas/)
        .first()
        .waitFor();
      await look(portal, "preparing");
      const stop = { name: t("sessions.stop"), exact: true };
      await page.getByRole("button", stop).click();
      await page.getByRole("dialog").getByRole("button", stop).click();
      const ended = page.getByRole("region", { name: t("sessions.how") });
      await ended.getByText(t("sessions.stoppedByYou")).waitFor();
      const focused = () => page.evaluate<boolean>("document.activeElement.hasAttribute('data-page-title')");
      await expect.poll(focused).toBe(true);

      await theirs.write(workspace, "fail", "");
      await page.getByRole("button", { name: t("sessions.again") }).click();
      await ended.getByText(/No matching version/).waitFor();
      await output.getByText("No matching version").first().waitFor();
      await look(portal, "prepare-failed");
      await page.goto("/portal/sessions");
      const earlier = page.getByRole("region", { name: t("sessions.earlier") });
      await earlier.getByText(t("sessions.stoppedByYou")).first().waitFor();
      await look(portal, "list");
    });
  });
});

test("one is stopped on its card, without being opened", async () => {
  const workspace = await theirs.makeWorkspace("Short work", {});
  await theirs.startSession(workspace, "terminal");
  await withPortal({ locale: "fa", width: 390 }, async (portal) => {
    const { page, t } = portal;
    await page.goto("/portal/sessions");
    const card = page.getByRole("listitem").filter({ hasText: "Short work" });
    await card.getByRole("button", { name: t("sessions.stop") }).click();
    await look(portal, "stop-on-card");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("sessions.stop"), exact: true })
      .click();
    await page
      .getByRole("region", { name: t("sessions.earlier") })
      .getByRole("listitem")
      .filter({ hasText: "Short work" })
      .waitFor();
  });
});

test("options of every kind tell what they are, and one that failed is started with others", async () => {
  const workspace = await theirs.makeWorkspace("Options", {});
  await withPortal({ locale: "en" }, async (portal) => {
    const { page, t } = portal;
    await page.goto(`/portal/workspaces/${workspace}`);
    await page.getByText(t("quickStart.someMissing"), { exact: true }).waitFor();
    await page.getByText(/no-such-program-anywhere/).waitFor();
    // It needs a dataset, which nothing says yet: so it is asked for.
    await page.getByRole("button", { name: "Simulation", exact: true }).click();
    const form = page.getByRole("dialog");
    const dataset = form.getByRole("textbox", { name: "Dataset" });
    await dataset.waitFor();
    await form.locator("details:not([open]) > summary").click();
    for (const [field, about] of [
      [form.getByRole("combobox", { name: "Theme" }), "About the theme"],
      [form.getByRole("slider", { name: "Depth" }), "About the depth"],
      [form.getByRole("textbox", { name: t("startForm.exact", { label: "Depth" }) }), "About the depth"],
      [form.getByRole("textbox", { name: "Seed" }), "About the seed"],
      [form.getByRole("switch", { name: "Verbose" }), "About being verbose"],
      [dataset, "About the dataset"],
      [form.getByRole("textbox", { name: "Tags" }), "About the tags"],
      [form.getByRole("textbox", { name: "Marks" }), "About the marks"],
    ] as const) {
      expect(await described(field), about).toContain(about);
      await form.getByText(about).waitFor();
    }
    const start = form.getByRole("button", { name: t("quickStart.start", { name: "Simulation" }) });
    await form.getByRole("textbox", { name: "Tags" }).fill("new\nfar away\n");
    await form.getByRole("textbox", { name: "Marks" }).fill("epoch");
    expect(await described(dataset)).toContain(t("startForm.needed"));
    await dataset.fill("stars");
    await form.getByText(t("startForm.notPairs")).waitFor();
    expect(await start.isDisabled()).toBe(true);
    await form.getByRole("textbox", { name: "Marks" }).fill("epoch = 2000");
    await look(portal, "own-options");
    await start.click();

    const ended = page.getByRole("region", { name: t("sessions.how") });
    await ended.getByText(t("advice.output")).waitFor();
    await ended.getByRole("button", { name: t("sessions.againOtherwise") }).click();
    await dataset.waitFor();
    expect(await dataset.inputValue()).toBe("stars");
    await form.locator("details:not([open]) > summary").click();
    expect(await form.getByRole("textbox", { name: "Tags" }).inputValue()).toBe("new\nfar away");
    expect(await form.getByRole("textbox", { name: "Marks" }).inputValue()).toBe("epoch=2000");
    await page.keyboard.press("Escape");
    await look(portal, "failed");
  });
});

test("of somebody else's an administrator sees whose it is and how it is, not what it shows", async () => {
  const workspace = await theirs.makeWorkspace("Theirs", {});
  const session = await theirs.startSession(workspace, "terminal");
  const portal = await openPortal(browser, stoa.url, { locale: "en" });
  const { page, t } = portal;
  await portal.signIn("admin", stoa.adminPassword);
  await page.goto("/portal/admin/sessions");
  const by = t("viewers.of", { name: person.fullName });
  const row = page.getByRole("listitem").filter({ hasText: person.fullName }).filter({ hasText: "Theirs" });
  await row.getByRole("link").click();
  await page.getByRole("link", { name: by }).waitFor();
  await page.getByText(t("sessions.ownersAlone", { name: person.fullName })).waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  expect(await page.getByRole("link", { name: "Theirs" }).count()).toBe(0);
  expect(page.url()).toContain(`/sessions/${session}`);
  await look(portal, "of-another");
  expect(portal.complaints).toEqual([]);
  await portal.close();
  await theirs.stopSessions();
});
