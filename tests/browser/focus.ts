import type { Locator, Page } from "playwright-core";

/** Where the keyboard is: what it is on, and whether that can be seen. */
export interface Focus {
  /** For people who read a failed test. */
  readonly what: string;
  readonly lost: boolean;
  readonly visible: boolean;
}

/** Runs in the page. */
const look = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body || one === document.documentElement)
    return { what: "nothing", lost: true, visible: false };
  const what = one.tagName.toLowerCase() + " " + (one.getAttribute("aria-label") ?? one.innerText ?? "").slice(0, 60);
  const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const near = [one, one.parentElement, one.nextElementSibling].filter(Boolean);
  const ring = near.some((each) => drawn(getComputedStyle(each)) || drawn(getComputedStyle(each, "::after")));
  // A field says it by its border, in the accent.
  const accent = document.createElement("i");
  accent.style.color = "var(--stoa-accent)";
  document.body.append(accent);
  const colour = getComputedStyle(accent).color;
  accent.remove();
  const border = near.slice(0, 2).some((each) => getComputedStyle(each).borderBlockStartColor === colour);
  // A title, a region or a dialog takes the focus to be read out; a menu's entry has a ground of its own.
  const told = one.tabIndex < 0 && one.matches("h1, main, section, div, p, [role=menuitem], [role=option]");
  // A terminal's own field is one letter large; the screen around it has the ring.
  const screen = one.closest("[data-connection]");
  const around = screen !== null && getComputedStyle(screen).boxShadow + getComputedStyle(screen).outlineStyle !== "nonenone";
  const box = one.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { what, lost: false, visible: told || around || ((ring || border) && inside && box.width > 0) };
})()`;

export const focusOf = (page: Page): Promise<Focus> => page.evaluate<Focus>(look);

/**
 * Presses Tab until the keyboard is on this, as somebody without a mouse does.
 * @throws Error when it is never reached, or is on something on the way where nobody could see it
 */
export async function tabTo(page: Page, wanted: Locator, most = 150): Promise<void> {
  await wanted.waitFor();
  let first: string | null = null;
  for (let pressed = 0; pressed < most; pressed += 1) {
    if ((await wanted.and(page.locator(":focus")).count()) > 0) return;
    await page.keyboard.press("Tab");
    const { what, lost, visible } = await focusOf(page);
    first ??= what;
    // Past the last one it leaves the page for the browser, and comes back at the top.
    if (lost || visible) continue;
    // It may be on its way into view.
    await page.waitForTimeout(200);
    const { visible: later } = await focusOf(page);
    if (!later) throw new Error(`the focus can't be seen on: ${what}`);
  }
  throw new Error(`Tab never reaches ${wanted} (began at ${first})`);
}

/** Waits for the keyboard to be somewhere, after what was under it has gone. @throws Error when it stays lost */
export async function keptFocus(page: Page, after: string): Promise<void> {
  for (let tries = 0; tries < 40; tries += 1) {
    if (!(await focusOf(page)).lost) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`the focus is lost after: ${after}`);
}
