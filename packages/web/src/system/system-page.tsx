import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../pieces/page.tsx";
import classes from "./system.module.css";
import { systemTabs } from "./tabs.ts";

interface SystemPageProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A page of System: its own title and action, and the way to the others. */
export function SystemPage({ title, action, children }: SystemPageProps) {
  const { t } = useTranslation();
  return (
    <Page title={title} action={action}>
      <nav className={classes.tabs} aria-label={t("frame.system")}>
        {systemTabs.map(({ to, word }) => (
          <Link key={to} to={to} className={classes.tab} ref={showWhole} activeProps={{ "aria-current": "page" }}>
            {t(`system.tabs.${word}`)}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}

/** On a phone the row is wider than the screen: the page that is open shows its tab. */
function showWhole(tab: HTMLAnchorElement | null): void {
  const row = tab?.parentElement;
  if (!tab || !row || tab.getAttribute("aria-current") !== "page") return;
  const [own, whole] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  if (own.left < whole.left || own.right > whole.right) row.scrollBy({ left: own.left - whole.left - 24 });
}
