import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPortal, openWholeBrowser, type PortalPage } from "../../browser/portal-page.ts";
import { buildPortalIfMissing } from "../../browser/running-stoa.ts";
import { freePort } from "../../support/external-postgres.ts";
import { type Hub, startHub } from "../../support/jupyterhub-process.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../../support/stoa-process.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PASSWORD = "a quiet colonnade";
/** Minutes; the least there is. */
const IDLE = 1;

/**
 * What a person does with Jupyter on a day, in Chromium, at a real hub: in, a cell, what they ran, out.
 * @param folder of the hub
 * @param lab of the environment that its people's servers are from
 * @param untilIdle also what becomes of a server that nobody uses, which takes more than a minute
 */
export function wholeDay(folder: string, lab: string, untilIdle: "until it is idle" | null = null): void {
  let base: string;
  let hub: Hub;
  let stoa: StoaProcess;
  let browser: Browser;
  let portal: PortalPage;

  beforeAll(async () => {
    buildPortalIfMissing();
    base = mkdtempSync(join(tmpdir(), "stoa-day-"));
    const port = await freePort();
    hub = await startHub(folder, surroundings(base, lab, port));
    const env = {
      STOA_PORT: String(port),
      JUPYTERHUB_API_URL: `${hub.url}/hub/api`,
      JUPYTERHUB_API_TOKEN: hub.token,
      JUPYTERHUB_IDLE_MINUTES: String(IDLE),
      JUPYTERHUB_IDLE_WARNING: "0",
    };
    const dataDir = newDataDir();
    stoa = await startStoa({ dataDir, env: { HOME: dataDir, ...env } });
    browser = await openWholeBrowser();
    portal = await openPortal(browser, stoa.url, { locale: "en" });
  });
  afterAll(async () => {
    await browser?.close();
    if (stoa !== undefined) await discard(stoa);
    await hub?.stop();
    rmSync(base, { recursive: true, force: true });
  });

  it("registers, presses one button and is in Lab", async () => {
    const { page, t } = portal;
    await page.goto("/portal/register");
    await page.getByLabel(t("auth.username"), { exact: true }).fill("ada");
    await page.getByLabel(t("auth.fullName")).fill("Ada L");
    await page.getByLabel(t("auth.email")).fill("ada@example.org");
    await page.getByLabel(t("auth.password"), { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: t("auth.register") }).click();
    await page.getByText(t("auth.registered")).waitFor();
    await portal.signIn("ada", PASSWORD);
    await enter(portal, t("jupyter.start"));
    expect(new URL(page.url()).origin).toBe(hub.url);
    await page.locator(".jp-Launcher").first().waitFor({ timeout: 60_000 });
  });

  it("runs a cell, and sees it among what was run", async () => {
    const { page, t } = portal;
    await page.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
    const cell = page.locator(".jp-NotebookPanel .jp-Cell .cm-content").first();
    await cell.waitFor({ timeout: 60_000 });
    await expect.poll(() => runs(page, cell, "print(6 * 7)"), { timeout: 90_000 }).toContain("42");
    await page.goto(`${stoa.url}/portal/activity`);
    await page.getByText("print(6 * 7)").first().waitFor({ timeout: 60_000 });
    await page.getByRole("heading", { level: 1, name: t("activity.title") }).waitFor();
    await portal.picture(`day-activity-${hub.version}`);
  });

  it("stops the server, and is told so", async () => {
    const { page, t } = portal;
    await page.goto(`${stoa.url}/portal/jupyter`);
    const stop = page.getByRole("button", { name: /^Stop/ });
    await stop.waitFor();
    await portal.picture(`day-running-${hub.version}`);
    await stop.click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("jupyter.stop"), exact: true })
      .click();
    await page.getByText(t("jupyter.stopped.person")).waitFor({ timeout: 60_000 });
    await expect.poll(() => serversOf(hub), { timeout: 30_000 }).toBe(0);
  });

  it.skipIf(untilIdle === null)("finds a server stopped that nobody used", async () => {
    const { page, t } = portal;
    await page.goto(`${stoa.url}/portal/jupyter`);
    await enter(portal, t("jupyter.start"));
    await page.locator(".jp-LabShell").first().waitFor({ timeout: 60_000 });
    // Nothing of it is open any more.
    await page.goto(`${stoa.url}/portal/jupyter`);
    await expect.poll(() => serversOf(hub), { timeout: 30_000 }).toBe(1);
    const stopped = page.getByText(/It was stopped because nobody used it/);
    await stopped.waitFor({ timeout: 240_000 });
    expect(await serversOf(hub)).toBe(0);
    await portal.picture(`day-idle-${hub.version}`);
  });

  it("has heard no complaint of the browser about the portal", () => expect(portal.complaints).toEqual([]));
}

async function enter({ page }: PortalPage, word: string): Promise<void> {
  await page.getByRole("link", { name: word, exact: true }).first().click();
  await page.waitForURL(/\/user\/ada\/lab/, { timeout: 90_000 });
}

/** A page that is still connecting to its kernel takes no notice of the keys: then they are pressed once more. */
async function runs(page: Page, cell: ReturnType<Page["locator"]>, code: string): Promise<string> {
  const output = page.locator(".jp-NotebookPanel .jp-OutputArea-output");
  if ((await output.count()) === 0) {
    await cell.click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type(code);
    await page.keyboard.press("Control+Enter");
    await output
      .first()
      .waitFor({ timeout: 10_000 })
      .catch(() => undefined);
  }
  return (await output.allInnerTexts()).join("\n");
}

async function serversOf(hub: Hub): Promise<number> {
  return Object.keys((await hub.call("GET", "/users/ada")).json.servers).length;
}

/** Of the hub, and by it of people's servers: as deploy/jupyterhub sets them. */
function surroundings(base: string, lab: string, port: number): Record<string, string> {
  const ipython = join(base, "ipython");
  mkdirSync(join(ipython, "profile_default"), { recursive: true });
  const extension = join(ROOT, "integrations/ipython");
  copyFileSync(join(extension, "etc/ipython_config.py"), join(ipython, "profile_default/ipython_config.py"));
  return {
    HUB_EXAMPLE: join(import.meta.dirname, "lab_hub.py"),
    HUB_SINGLEUSER: join(lab, "bin/jupyterhub-singleuser"),
    HUB_SINGLEUSER_APP: "jupyter_server.serverapp.ServerApp",
    PYTHONPATH: extension,
    IPYTHONDIR: ipython,
    JUPYTERHUB_ALLOW_TOKEN_IN_URL: "1",
    STOA_URL: `http://127.0.0.1:${port}`,
    STOA_ACTIVITY_INTERVAL: "0.5",
  };
}
