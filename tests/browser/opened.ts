import type pg from "pg";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { databaseOf } from "../support/database-of.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { type Account, apiOf } from "./account-api.ts";
import { openBrowser, openPortal, type PageOptions, type PortalPage } from "./portal-page.ts";
import { buildPortalIfMissing } from "./running-stoa.ts";
import { sharedStoa } from "./shared-stoa.ts";

/** A browser for a whole file, at one server. Call it at the top of the file: it opens and closes by hooks. */
export interface Opened {
  readonly url: string;
  readonly adminPassword: string;
  /** A fresh profile; with somebody's name and password, they are signed in. */
  open(options: PageOptions, username?: string, password?: string): Promise<PortalPage>;
  asAdmin(options: PageOptions): Promise<PortalPage>;
  /** What the administrator does beside the browser. */
  api(): Promise<Account>;
}

export interface OpenedOwn extends Opened {
  /** Past the server. */
  readonly database: pg.Client;
}

/** At the server that files share: for what needs nothing of its own of it. */
export function openedShared(): Opened {
  return openedAt(() => sharedStoa());
}

/**
 * At a server of the file's own, with these settings.
 * @param main the program that serves, where it isn't the real one
 */
export function openedOwn(env: Readonly<Record<string, string>> = {}, main: string | null = null): OpenedOwn {
  let stoa: StoaProcess | null = null;
  let database: pg.Client | null = null;
  beforeAll(async () => {
    buildPortalIfMissing();
    const dataDir = newDataDir();
    stoa = await startStoa({ dataDir, env: { HOME: dataDir, ...env }, ...(main === null ? {} : { main }) });
    database = await databaseOf(dataDir);
  });
  afterAll(async () => {
    await database?.end();
    if (stoa !== null) await discard(stoa);
  });
  return Object.defineProperties(openedAt(() => there(stoa)) as OpenedOwn, {
    database: { get: () => there(database) },
  });
}

function openedAt(at: () => { readonly url: string; readonly adminPassword: string }): Opened {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  const open: Opened["open"] = async (options, username, password) => {
    const portal = await openPortal(there(browser), at().url, options);
    if (username !== undefined && password !== undefined) await portal.signIn(username, password);
    return portal;
  };
  return {
    get url() {
      return at().url;
    },
    get adminPassword() {
      return at().adminPassword;
    },
    open,
    asAdmin: (options) => open(options, "admin", at().adminPassword),
    api: () => apiOf(at().url, "admin", at().adminPassword),
  };
}

function there<T>(thing: T | null): T {
  if (thing === null) throw new Error("it is opened by a hook, and none has run yet");
  return thing;
}
