import { useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { TopTools } from "../frame/top-tools.tsx";
import { afterPaint } from "./after-paint.ts";
import classes from "./page.module.css";

interface PageProps {
  readonly title: string;
  /** Beside the title: a state, a link up. */
  readonly above?: ReactNode;
  readonly beside?: ReactNode;
  /** The one main action. */
  readonly action?: ReactNode;
  /** What happens to the thing: a second column on wide screens. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

let firstPage = true;

/** Title and main action at the top, then the page; sets the window's title and takes the focus after a move. */
export function Page({ title, above, beside, action, aside, children }: PageProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("name")}`;
  }, [title, t]);
  // The same page of another thing is a move too.
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the move is what counts
  useEffect(() => {
    const isFirst = firstPage;
    firstPage = false;
    if (isFirst) return;
    const from = document.activeElement;
    return afterPaint(() => {
      // A dialog that opens with its page has it already.
      if (document.activeElement === from || document.activeElement === document.body) {
        heading.current?.focus({ preventScroll: true });
      }
    });
  }, [path]);
  return (
    <>
      <header className={classes.top}>
        <div className={classes.titles}>
          {above && <div className={classes.above}>{above}</div>}
          <h1 ref={heading} tabIndex={-1} data-page-title className={classes.title}>
            <bdi>{title}</bdi>
          </h1>
          {beside}
        </div>
        {action && <div className={classes.action}>{action}</div>}
        <TopTools />
      </header>
      {aside ? (
        <div className={classes.columns}>
          <div className={classes.main}>{children}</div>
          <aside className={classes.aside}>{aside}</aside>
        </div>
      ) : (
        children
      )}
    </>
  );
}

interface SectionProps {
  /** For `showSection`. */
  readonly id?: string;
  readonly title: string;
  readonly action?: ReactNode;
  /** What its name means, where that is not obvious: a `Hint`. */
  readonly hint?: ReactNode;
  /** As the tour names it. */
  readonly tour?: string;
  readonly children: ReactNode;
}

/** Leads to a section of the page, the focus too. */
export function showSection(id: string): void {
  const section = document.getElementById(id);
  section?.scrollIntoView({ block: "nearest" });
  section?.focus({ preventScroll: true });
}

/** A part of a page under its own heading. */
export function Section({ id, title, action, hint, tour, children }: SectionProps) {
  return (
    <section
      id={id}
      tabIndex={id === undefined ? undefined : -1}
      className={classes.section}
      aria-label={title}
      data-tour={tour}
    >
      <div className={classes.sectionTop}>
        <span className={classes.named}>
          <h2 className={classes.sectionTitle}>{title}</h2>
          {hint}
        </span>
        {action}
      </div>
      {children}
    </section>
  );
}
