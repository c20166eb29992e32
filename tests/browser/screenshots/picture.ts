import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openPortal, type PortalPage } from "../portal-page.ts";
import { answerAs, sessionSays } from "./answers.ts";
import type { Lab } from "./lab/lab.ts";
import type { Shown } from "./lab/shown.ts";
import type { DataKind, Look } from "./looks.ts";
import type { Pictured } from "./pages.ts";
import { quietWatch } from "./quiet.ts";

/** Taller pages are cut: ten thousand rows look alike. */
const mostPixels = 2_000;

/** A browser profile that is signed in as who looks at this page, which gets these answers. */
export async function portalFor(browser: Browser, lab: Lab, look: Look, kind: DataKind, one: Pictured) {
  const portal = await openPortal(browser, lab.url, look);
  const context = portal.page.context();
  const client = one.viewer === "nobody" ? null : lab[one.viewer];
  if (client !== null) {
    const [name = "", value = ""] = client.cookie.split(/=(.*)/s);
    await context.addCookies([{ name, value, url: lab.url }]);
  }
  if (one.session) await sessionSays(context, one.session);
  await answerAs(kind, context);
  return portal;
}

/** Leads the page there, and waits until it has drawn what it got. */
export async function show(portal: PortalPage, lab: Shown, kind: DataKind, one: Pictured): Promise<void> {
  const { page } = portal;
  const address = `/portal${one.address?.(lab) ?? one.route}`;
  const quiet = quietOf(page);
  const moves = await mayMoveOn(page, one);
  const before = moves ? await page.title() : "";
  // What was said by a page that is being left is no fault of the next.
  if (!moves) await page.goto("about:blank");
  portal.complaints.splice(0);
  // The router hears of it, as of a link's click; to load the portal again takes twenty times as long.
  if (moves) await page.evaluate(`history.pushState({}, "", ${JSON.stringify(address)})`);
  else await page.goto(address, { waitUntil: "domcontentloaded" });
  await page
    .locator("h1, [role=status], [role=alert]")
    .filter({ visible: true })
    .first()
    .waitFor({ timeout: 10_000 })
    .catch(() => {});
  if (kind === "loading") {
    // The page before stands until this one's program has come: there are no calls to wait for.
    for (let tries = 0; tries < 30 && (await page.title()) === before; tries++) await page.waitForTimeout(100);
    await page.waitForTimeout(500);
  }
  // A failed call is tried twice again, the second time after a second.
  else if (kind === "error" || kind === "away") await quiet(4_000, 1_100);
  else await quiet(8_000);
  await page.evaluate("document.fonts.ready.then(() => undefined)");
  if (one.open && kind !== "loading" && kind !== "error" && kind !== "away") {
    await one.open(portal);
    await quiet(3_000);
  }
}

/** Whether the page that is there can be left by the router: nothing lies over it, and it asks for no other session. */
async function mayMoveOn(page: Page, { session }: Pictured): Promise<boolean> {
  if (session || !page.url().includes("/portal")) return false;
  const dialogs = page.getByRole("dialog");
  if ((await dialogs.count()) > 0) {
    await page.keyboard.press("Escape");
    await dialogs
      .first()
      .waitFor({ state: "detached", timeout: 1_000 })
      .catch(() => {});
  }
  return (await dialogs.count()) === 0 && (await page.locator("h1").count()) === 1;
}

const watches = new WeakMap<Page, ReturnType<typeof quietWatch>>();

function quietOf(page: Page): ReturnType<typeof quietWatch> {
  const watch = watches.get(page) ?? quietWatch(page);
  watches.set(page, watch);
  return watch;
}

/** The whole page, but not endlessly. */
export async function take(page: Page, file: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const { width = 1440, height: least = 900 } = page.viewportSize() ?? {};
  const whole = await page.evaluate<number>("document.documentElement.scrollHeight");
  const height = Math.min(mostPixels, Math.max(least, whole));
  await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width, height }, animations: "disabled" });
}

/** What is wrong on the page as it stands: complaints of the browser, and whether it is wider than the screen. */
export async function faults({ page, complaints }: PortalPage): Promise<string[]> {
  const wide = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  return [...complaints.splice(0), ...(wide > 0 ? [`${wide} px wider than the screen`] : [])];
}
