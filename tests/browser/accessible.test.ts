import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "./portal-page.ts";
import { type Ground, type Lab, startGround, stopAll } from "./screenshots/lab/lab.ts";
import { typicalLab } from "./screenshots/lab/typical.ts";
import { fourLooks } from "./screenshots/looks.ts";
import { pictured } from "./screenshots/pages.ts";
import { faults, portalFor, show } from "./screenshots/picture.ts";

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

describe.each(fourLooks)("a lab's pages and dialogs ($name)", (look) => {
  test.each(rounds)(
    "seen by %s: axe finds nothing, the browser complains of nothing",
    async (_viewer, pages) => {
      const [first] = pages;
      if (first === undefined) return;
      const portal = await portalFor(browser, lab, look, "typical", first);
      const found: string[] = [];
      for (const one of pages) {
        await show(portal, lab, "typical", one);
        const all = [...(await portal.axe("all")), ...(await faults(portal))];
        found.push(...all.map((line) => `${one.name}: ${line}`));
      }
      expect(found).toEqual([]);
      await portal.close();
    },
    400_000,
  );
});
