import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signIn } from "../support/portal-client.ts";
import { misfits } from "./misfits.ts";
import { password, register } from "./people.ts";
import { openBrowser, type PortalPage } from "./portal-page.ts";
import { foreignWords } from "./pseudo-words.ts";
import { type Ground, type Lab, startGround, stopAll } from "./screenshots/lab/lab.ts";
import { nothing, shownNothing } from "./screenshots/lab/shown.ts";
import { typicalLab } from "./screenshots/lab/typical.ts";
import { fourLooks, type Look } from "./screenshots/looks.ts";
import { type Pictured, pictured } from "./screenshots/pages.ts";
import { portalFor, show } from "./screenshots/picture.ts";

/** Milliseconds for what one browser profile walks through, on a machine that has other things to do. */
const slow = 300_000;

let browser: Browser;
let ground: Ground;
let lab: Lab;

beforeAll(async () => {
  browser = await openBrowser();
  ground = await startGround("Shirin Tehrani");
  lab = await typicalLab(ground);
});
afterAll(async () => {
  await browser?.close();
  if (lab) for (const client of [lab.person, lab.admin]) await stopAll(client);
  await ground?.close();
});

/** What one browser profile can show one after the other. */
const rounds = [...Map.groupBy(pictured, ({ viewer, session }) => `${viewer}${session ? " who has to go on" : ""}`)];

describe.each(fourLooks)("every page and dialog of a lab ($name)", (look) => {
  test.each(rounds)("seen by %s", { timeout: slow }, (_viewer, pages) => walk(look, lab, pages));
});

/** What somebody has who has only just come: each address once. */
const noThings = { ...shownNothing, personId: nothing };
const ownPages = pictured.filter(({ viewer, open, session }) => viewer === "person" && !open && !session);
const firstPages = [...new Map(ownPages.map((one) => [one.address?.(noThings) ?? one.route, one])).values()];

describe.each(fourLooks.filter(({ scheme }) => scheme === "light"))("every page while it is empty ($name)", (look) => {
  test("seen by who has just come", { timeout: slow }, async () => {
    const { username } = await register(lab.url, look.locale);
    await walk(look, { ...lab, ...noThings, person: await signIn(lab.url, username, password) }, firstPages);
  });
});

/** One after the other in one browser profile; nothing may be wrong on any. */
async function walk(look: Look, seen: Lab, pages: readonly Pictured[]): Promise<void> {
  const [first] = pages;
  if (first === undefined) return;
  const portal = await portalFor(browser, seen, look, "typical", first);
  const found: string[] = [];
  for (const one of pages) {
    const lines = await faultsOf(portal, seen, one).catch((error: unknown) => [String(error)]);
    found.push(...lines.map((line) => `${one.name}: ${line}`));
  }
  expect(found).toEqual([]);
  await portal.close();
}

/** Goes there, takes a picture, and tells what is wrong there. */
async function faultsOf(portal: PortalPage, seen: Lab, one: Pictured): Promise<string[]> {
  const { page, t, complaints } = portal;
  await show(portal, seen, "typical", one);
  const heading = one.title === undefined ? {} : { name: t(one.title) };
  // What lies over a page hides it from those who hear it.
  if (!one.open) await page.getByRole("heading", { level: 1, ...heading }).waitFor();
  await page
    .getByRole("status", { name: t("common.loading") })
    .first()
    .waitFor({ state: "detached" });
  await portal.picture(`${seen === lab ? "page" : "empty"}-${one.name}`);
  const raw = (await foreignWords(page)).filter((line) => line.startsWith("a raw key"));
  return [...raw, ...(await misfits(page)), ...(await portal.axe("all")), ...complaints.splice(0)];
}
