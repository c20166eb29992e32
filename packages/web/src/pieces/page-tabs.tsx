import { Link, type LinkProps } from "@tanstack/react-router";
import { afterPaint } from "./after-paint.ts";
import classes from "./page-tabs.module.css";

interface PageTabsProps {
  /** What they are the parts of. */
  readonly label: string;
  readonly tabs: readonly { readonly to: NonNullable<LinkProps["to"]>; readonly word: string }[];
}

/** The parts of a place, each a page with an address of its own. */
export function PageTabs({ label, tabs }: PageTabsProps) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map(({ to, word }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          className={classes.tab}
          ref={showWhole}
          activeProps={{ "aria-current": "page" }}
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}

/** On a phone the row is wider than the screen: the page that is open shows its tab. */
function showWhole(tab: HTMLAnchorElement | null): (() => void) | undefined {
  const row = tab?.parentElement;
  if (!tab || !row) return;
  return afterPaint(() => {
    if (tab.getAttribute("aria-current") !== "page") return;
    const [own, whole] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
    if (own.left < whole.left || own.right > whole.right) row.scrollBy({ left: own.left - whole.left - 24 });
  });
}
