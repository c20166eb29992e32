import type { Browser, BrowserContext, Page } from "playwright-core";
import type { PortalClient } from "../../tests/support/portal-client.ts";
import { pageProbe } from "./page-probe.ts";

/** How much slower than this machine's the page's processor is. */
const SLOWER = 4;

/** A tab of a browser that has never been here, signed in, on a processor four times slower. */
export interface PortalTab {
  readonly page: Page;
  close(): Promise<void>;
}

export async function openTab(browser: Browser, client: PortalClient): Promise<PortalTab> {
  const context = await browser.newContext({ baseURL: client.base, viewport: { width: 1440, height: 900 } });
  await signInBy(context, client);
  await context.addInitScript({ content: pageProbe });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  return { page, close: () => context.close() };
}

async function signInBy(context: BrowserContext, { base, cookie }: PortalClient): Promise<void> {
  const cookies = cookie.split("; ").map((one) => {
    const at = one.indexOf("=");
    return { name: one.slice(0, at), value: one.slice(at + 1), url: base };
  });
  await context.addCookies(cookies);
}

/** What the probe in the page tells; everything in milliseconds, but the shift. */
export interface Probe {
  largestPaint(): number;
  layoutShift(): number;
  scriptBytes(): number;
  routeChange(): Promise<number>;
  scrollThrough(pixelsAFrame: number): Promise<{ worst: number; frames: number; height: number }>;
  echo(): Promise<number>;
  untilShown(text: string): Promise<{ took: number; worst: number }>;
}

/** Asks the probe. @param method one of `Probe`'s @param args as JSON */
export async function ask<K extends keyof Probe>(
  tab: PortalTab,
  method: K,
  ...args: Parameters<Probe[K]>
): Promise<Awaited<ReturnType<Probe[K]>>> {
  const told = await begin(tab, method, ...args);
  return told();
}

/** Asks for what only happens after this; resolves once the probe looks out for it. @returns what it saw */
export async function begin<K extends keyof Probe>(
  { page }: PortalTab,
  method: K,
  ...args: Parameters<Probe[K]>
): Promise<() => Promise<Awaited<ReturnType<Probe[K]>>>> {
  await page.evaluate(`void (window.told = window.probe.${method}(...${JSON.stringify(args)}))`);
  return () => page.evaluate("window.told");
}
