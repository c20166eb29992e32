/**
 * What people feel of the portal, in headless Chromium on loopback with a processor four times slower: Home's first
 * load, the way from page to page, a list of ten thousand sessions, ten megabytes in a terminal, and typing there.
 */

import pg from "pg";
import type { Browser } from "playwright-core";
import { findEmbeddedPostgres } from "../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { openWholeBrowser } from "../tests/browser/portal-page.ts";
import { words } from "../tests/browser/words.ts";
import { type PortalClient, signIn } from "../tests/support/portal-client.ts";
import { discard, startStoa } from "../tests/support/stoa-process.ts";
import { addEndedSessions } from "./support/many-sessions.ts";
import { median } from "./support/median.ts";
import { ask, begin, openTab, type PortalTab } from "./support/portal-tab.ts";
import { atMost, print, type Row } from "./support/report.ts";

/** One is enough to see where one stands. */
const ROUNDS = Number(process.env.STOA_BENCH_ROUNDS ?? 5);
const SESSIONS = 10_000;
const OUTPUT_BYTES = 10_000_000;
const KEYS = 20;
const t = words("en");

const stoa = await startStoa({
  env: { STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn", SHELL: "/bin/bash" },
});
const browser = await openWholeBrowser();
try {
  const client = await signIn(stoa.url, "admin", stoa.adminPassword);
  const parts = { load: firstLoad, routes: routeChanges, list: longList, terminal };
  const chosen = process.env.STOA_BENCH_PARTS?.split(",");
  const rows: Row[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (chosen === undefined || chosen.includes(name)) rows.push(...(await part(browser, client)));
  }
  print({ name: "Portal", rows });
} finally {
  await browser.close();
  await discard(stoa);
}

async function rounds<T>(one: (round: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let round = 0; round < ROUNDS; round += 1) all.push(await one(round));
  return all;
}

async function firstLoad(browser: Browser, client: PortalClient): Promise<Row[]> {
  const figures = await rounds(async () => {
    const tab = await openTab(browser, client);
    await tab.page.goto("/portal");
    await tab.page
      .getByRole("button", { name: t("jobTypes.terminal") })
      .first()
      .waitFor();
    await tab.page.waitForTimeout(1_500);
    const [paint, shift, bytes] = [
      await ask(tab, "largestPaint"),
      await ask(tab, "layoutShift"),
      await ask(tab, "scriptBytes"),
    ];
    await tab.close();
    return { paint, shift, bytes };
  });
  const of = (name: keyof (typeof figures)[number]) => median(figures.map((one) => one[name]));
  return [
    atMost("Home's first load: JavaScript as it is sent", Math.round(of("bytes") / 1_000), 170, "KB"),
    atMost(
      "Home's first load: largest paint",
      round(of("paint"), 0),
      1_800,
      "ms",
      list(figures.map(({ paint }) => paint)),
    ),
    atMost("Home's first load: layout shift", round(of("shift"), 3), 0.05, ""),
  ];
}

async function routeChanges(browser: Browser, client: PortalClient): Promise<Row[]> {
  const ways = ["workspaces", "sessions", "account"] as const;
  const figures = await rounds(async () => {
    const tab = await openTab(browser, client);
    await tab.page.goto("/portal");
    await tab.page
      .getByRole("button", { name: t("jobTypes.terminal") })
      .first()
      .waitFor();
    await tab.page.waitForTimeout(1_000);
    const took: number[] = [];
    for (const way of ways) took.push(await change(tab, t(`frame.${way}`)));
    await tab.close();
    return took;
  });
  return ways.map((way, at) => {
    const each = figures.map((took) => took[at] ?? Number.NaN);
    return atMost(`From the click to the page: ${t(`frame.${way}`)}`, round(median(each), 0), 150, "ms", list(each));
  });
}

/** A hand comes to rest on the link before it clicks: that is when the portal fetches what it needs. */
async function change(tab: PortalTab, name: string): Promise<number> {
  const link = tab.page
    .getByRole("navigation", { name: t("frame.navigation") })
    .getByRole("link", { name, exact: true });
  await link.hover();
  await tab.page.waitForTimeout(400);
  const took = await begin(tab, "routeChange");
  await link.click();
  const figure = await took();
  await tab.page.waitForTimeout(1_000);
  return figure;
}

async function longList(browser: Browser, client: PortalClient): Promise<Row[]> {
  const pool = new pg.Pool({ connectionString: (await findEmbeddedPostgres(stoa.dataDir))?.url ?? "", max: 1 });
  await addEndedSessions(pool, 1, SESSIONS);
  await pool.query("vacuum analyze jobs");
  await pool.end();
  const figures = await rounds(async () => {
    const tab = await openTab(browser, client);
    await tab.page.goto("/portal/sessions");
    await tab.page.getByRole("list", { name: t("sessions.earlier") }).waitFor();
    await tab.page.waitForTimeout(1_000);
    const figure = await ask(tab, "scrollThrough", 300);
    const last = tab.page
      .getByRole("list", { name: t("sessions.earlier") })
      .getByRole("listitem")
      .last();
    if ((await last.getAttribute("aria-posinset")) !== String(SESSIONS))
      throw new Error("the list did not come to its end");
    await tab.close();
    return figure;
  });
  const note = `${list(figures.map(({ worst }) => worst))}; ${figures[0]?.frames} frames from the first row to the last, 300 pixels each`;
  return [
    atMost(
      `${SESSIONS} sessions scrolled, the longest frame`,
      round(median(figures.map(({ worst }) => worst)), 0),
      50,
      "ms",
      note,
    ),
  ];
}

async function terminal(browser: Browser, client: PortalClient): Promise<Row[]> {
  const made = await client.call("POST", "/workspaces/", { name: "bench", description: "" });
  const workspace = made.json.data.workspace.id as number;
  const tab = await openTab(browser, client);
  const started = await client.call("POST", "/api/stoa/v1/sessions", { workspace_id: workspace, job_type: "terminal" });
  await tab.page.goto(`/portal/sessions/${started.json.id}`);
  await tab.page.locator("[data-connection=open]").waitFor();
  await tab.page.waitForTimeout(1_000);
  await type(
    tab,
    `for n in $(seq 1 ${OUTPUT_BYTES / 1_000}); do printf '%0999d\\n' $n; done > big.txt; wc -c big.txt; echo made-$((6*7))`,
    "made-42",
  );
  const echoes = await rounds(() => echo(tab));
  const floods = await rounds((at) => type(tab, `cat big.txt; echo end-${at}-$((6*7))`, `end-${at}-42`));
  await client.call("POST", `/api/stoa/v1/sessions/${started.json.id}/stop`, {});
  await tab.close();
  return [
    atMost("A key's way onto the screen of a terminal", round(median(echoes), 0), 50, "ms", list(echoes)),
    atMost(
      "10 MB of output in a terminal, from Enter to the last line",
      round(median(floods.map(({ took }) => took)) / 1_000, 2),
      4,
      "s",
      list(floods.map(({ took }) => took)),
    ),
    atMost(
      "The same, the longest time without a frame",
      round(median(floods.map(({ worst }) => worst)), 0),
      200,
      "ms",
      list(floods.map(({ worst }) => worst)),
    ),
  ];
}

/** The median of some keys, at the pace of somebody who types. */
async function echo(tab: PortalTab): Promise<number> {
  const each: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    const took = await begin(tab, "echo");
    await tab.page.waitForTimeout(100);
    await tab.page.keyboard.press("x");
    each.push(await took());
  }
  await tab.page.keyboard.press("Control+u");
  await tab.page.waitForTimeout(300);
  return median(each);
}

async function type(tab: PortalTab, command: string, until: string): Promise<{ took: number; worst: number }> {
  await tab.page.keyboard.insertText(command);
  await tab.page.waitForTimeout(700);
  const shown = await begin(tab, "untilShown", until);
  await tab.page.keyboard.press("Enter");
  return shown();
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function list(values: readonly number[]): string {
  return `${values.map((value) => Math.round(value)).join(", ")} ms`;
}
