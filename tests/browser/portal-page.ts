import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { axeFindings } from "./axe.ts";
import { type Locale, words } from "./words.ts";

const artifacts = join(import.meta.dirname, "../../artifacts");

const wholeChromium = "/usr/bin/chromium";
/** The same engine without what stands around a page: a fresh profile costs it a fifth, signing in the half. */
const chromiumShell = "/usr/bin/chromium-headless-shell";

/** The system's Chromium: its headless shell, where that is installed. */
export const openBrowser = (): Promise<Browser> =>
  launch(existsSync(chromiumShell) ? chromiumShell : wholeChromium, []);

/** Chromium as people have it: for what the shell does otherwise (service workers, pages of other origins), and for figures. */
export const openWholeBrowser = (more: readonly string[] = []): Promise<Browser> => launch(wholeChromium, more);

/** Without the calls that it makes to its maker. */
function launch(program: string, more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? program,
    // Without one it reads no file of the disk whose name is not ASCII.
    env: { ...process.env, LC_ALL: "C.UTF-8" },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}

export interface PortalPage {
  readonly page: Page;
  readonly t: ReturnType<typeof words>;
  /** What the browser complained about so far: script errors, refusals by the content security policy. */
  readonly complaints: string[];
  /** A picture for people to look at, in `artifacts/`. */
  picture(name: string): Promise<void>;
  /** @returns axe's serious and critical findings, or all of them, a line each */
  axe(which?: "serious" | "all"): Promise<string[]>;
  signIn(username: string, password: string): Promise<void>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly locale: Locale;
  readonly scheme?: "light" | "dark";
  readonly width?: number;
}

/** A fresh browser profile at the portal, in this language. */
export async function openPortal(browser: Browser, base: string, options: PageOptions): Promise<PortalPage> {
  const { locale, scheme = "light", width = 1440 } = options;
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  await context.addInitScript((chosen) => localStorage.setItem("stoa.locale", chosen), locale);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const t = words(locale);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A refused call is logged by the browser too; pages show those themselves.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  return {
    page,
    t,
    complaints,
    async picture(name) {
      mkdirSync(artifacts, { recursive: true });
      await page.screenshot({ path: join(artifacts, `${name}-${locale}-${scheme}-${width}.png`) });
    },
    async axe(which = "serious") {
      return (await axeFindings(page))
        .filter(({ impact }) => which === "all" || impact === "serious" || impact === "critical")
        .map(({ line }) => line);
    },
    async signIn(username, password) {
      await page.goto("/portal");
      await page.getByLabel(t("auth.usernameOrEmail")).fill(username);
      await page.getByLabel(t("auth.password"), { exact: true }).fill(password);
      await page.getByRole("button", { name: t("auth.signIn") }).click();
      await page
        .getByRole("navigation", { name: t("frame.navigation") })
        .filter({ visible: true })
        .waitFor();
    },
    close: () => context.close(),
  };
}
