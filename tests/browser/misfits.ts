import type { Page } from "playwright-core";

/** Runs in the page. */
const look = `(() => {
  const found = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(wide + " px wider than the screen");
  const name = (one) => one.tagName.toLowerCase() + " “" + (one.textContent ?? "").trim().slice(0, 50) + "”";
  const hidden = (one) => !one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || one.closest("[aria-hidden=true]");
  const scrolls = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement)
      if (/auto|scroll/.test(getComputedStyle(up).overflowX) && up !== document.documentElement && up !== document.body) return true;
    return false;
  };
  for (const one of document.body.querySelectorAll("*")) {
    const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    const isField = one.matches("input, textarea, select");
    if ((!words && !isField) || hidden(one)) continue;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    if (box.width <= 2 || style.clipPath !== "none" || one.closest("[class*=visually], [class*=skip], .xterm")) continue;
    if ((box.left < -1 || box.right > innerWidth + 1) && !scrolls(one)) found.push("beyond the edge: " + name(one));
    const cut = one.scrollWidth > one.clientWidth + 1 && style.overflowX === "hidden";
    const isControl = one.closest("button, [role=tab], summary, label, h1, h2, th") !== null;
    if (cut && !isField && (isControl || style.textOverflow !== "ellipsis")) found.push("cut: " + name(one));
  }
  return [...new Set(found)];
})()`;

/** What of the page lies beyond the screen's edge, or is cut where somebody has to read it; a line each. */
export const misfits = (page: Page): Promise<string[]> => page.evaluate<string[]>(look);
