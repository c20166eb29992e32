import { type ErrorComponentProps, Link, useRouterState } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/api-error.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./error-pages.module.css";

const CopyLine = lazy(() =>
  import("../pieces/copy-line.tsx").then(
    (module) => ({ default: module.CopyLine }),
    () => ({ default: ({ text }: { text: string }) => <code dir="ltr">{text}</code> }),
  ),
);

/** An address that leads nowhere, inside the frame. */
export function MissingPage() {
  const { t } = useTranslation();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <Instead title={t("errors.notFoundTitle")}>
      <p>{t("errors.notFoundText")}</p>
      <p>
        <code dir="ltr" className="quiet">
          {path}
        </code>
      </p>
      <p className={classes.ways}>
        <Link to="/">{t("errors.toHome")}</Link>
        <Link to="/workspaces">{t("frame.workspaces")}</Link>
        <Link to="/sessions">{t("frame.sessions")}</Link>
        <Link to="/help">{t("frame.help")}</Link>
      </p>
    </Instead>
  );
}

/** The same where there is no frame around it. */
export function MissingAlone() {
  return (
    <main className={classes.alone}>
      <MissingPage />
    </main>
  );
}

/** A page that could not be drawn: the server did not answer, a newer portal has taken its place, or the fault is ours. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const reload = () => {
    reset();
    window.location.reload();
  };
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const isApi = error instanceof ApiError;
  // A part of the portal that is not there any more, or did not come.
  const isPart = /dynamically imported module|module script failed|preload/i.test(message);
  return (
    <Instead title={t(isApi ? "errors.offline" : isPart ? "errors.renewed" : "errors.crash")}>
      {isApi ? (
        <ReasonCard title={t("errors.offline")} error={error} onRetry={() => window.location.reload()} />
      ) : (
        <>
          <p>{t(isPart ? "errors.renewedText" : "errors.crashText")}</p>
          <button type="button" className={classes.again} onClick={reload}>
            {t("errors.reload")}
          </button>
          {!isPart && (
            <details className={classes.what}>
              <summary>{t("errors.forHelpers")}</summary>
              <Suspense>
                <CopyLine
                  text={`${name}: ${message} · ${window.location.pathname} · ${new Date().toISOString()}`}
                  label={t("errors.forHelpers")}
                />
              </Suspense>
            </details>
          )}
        </>
      )}
    </Instead>
  );
}

/** What stands where a page should: under a heading of its own, which takes the focus. */
function Instead({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t("name")}`;
    heading.current?.focus({ preventScroll: true });
  }, [title, t]);
  return (
    <div className={classes.instead}>
      <h1 ref={heading} tabIndex={-1} data-page-title>
        {title}
      </h1>
      {children}
    </div>
  );
}
