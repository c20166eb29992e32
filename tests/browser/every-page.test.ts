import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { misfits } from "./misfits.ts";
import { openBrowser, type PortalPage } from "./portal-page.ts";
import { foreignWords } from "./pseudo-words.ts";
import { type Ground, type Lab, startGround, stopAll } from "./screenshots/lab/lab.ts";
import { typicalLab } from "./screenshots/lab/typical.ts";
import { fourLooks } from "./screenshots/looks.ts";
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
  test.each(rounds)("seen by %s", { timeout: slow }, async (_viewer, pages) => {
    const [first] = pages;
    if (first === undefined) return;
    const portal = await portalFor(browser, lab, look, "typical", first);
    const found: string[] = [];
    for (const one of pages) {
      const lines = await faultsOf(portal, one).catch((error: unknown) => [String(error)]);
      found.push(...lines.map((line) => `${one.name}: ${line}`));
    }
    expect(found).toEqual([]);
    await portal.close();
  });
});

/** Goes there, takes a picture, and tells what is wrong there. */
async function faultsOf(portal: PortalPage, one: Pictured): Promise<string[]> {
  const { page, t, complaints } = portal;
  await show(portal, lab, "typical", one);
  const heading = one.title === undefined ? {} : { name: t(one.title) };
  // What lies over a page hides it from those who hear it.
  if (!one.open) await page.getByRole("heading", { level: 1, ...heading }).waitFor();
  await page
    .getByRole("status", { name: t("common.loading") })
    .first()
    .waitFor({ state: "detached" });
  await portal.picture(`page-${one.name}`);
  const raw = (await foreignWords(page)).filter((line) => line.startsWith("a raw key"));
  return [...raw, ...(await misfits(page)), ...(await portal.axe("all")), ...complaints.splice(0)];
}
