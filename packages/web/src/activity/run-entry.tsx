import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Run, runQuery } from "../api/activity.ts";
import { shownError } from "../api/query-trouble.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle, IconCheck, IconChevronDown } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { When } from "../pieces/when.tsx";
import classes from "./runs.module.css";

/** Lines of code that are shown before one asks for the rest. */
const shownLines = 8;

/** One cell that ran: when, how it ended, how long it took, its code, and its error for who asks. */
export function RunEntry({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [whole, setWhole] = useState(false);
  const [errorShown, setErrorShown] = useState(false);
  const wanted = (whole || errorShown) && !run.is_whole;
  const read = useQuery({ ...runQuery(run.id), enabled: wanted });
  const { code, error_message: error } = read.data ?? run;
  const lines = code.split("\n");
  const isLong = !whole && (lines.length > shownLines || !run.is_whole);
  const failed = run.status === "error";
  const Icon = failed ? IconAlertTriangle : IconCheck;
  const panel = `error-${run.id}`;
  return (
    <article className={classes.run} data-failed={failed || undefined}>
      <div className={classes.runHead}>
        <span className={failed ? classes.failed : classes.fine}>
          <Icon size={16} aria-hidden="true" /> {t(failed ? "runs.error" : "runs.success")}
        </span>
        <When at={run.timestamp} />
        <span className="quiet tabular">{format.took(run.execution_time_ms)}</span>
        {run.cell_number !== null && (
          <span className="quiet">{t("runs.cell", { number: format.id(run.cell_number) })}</span>
        )}
      </div>
      {run.dropped_before !== null && (
        <p className="warned small">{t("runs.dropped", { count: run.dropped_before })}</p>
      )}
      <pre dir="ltr" className={classes.code}>
        <code>{isLong ? lines.slice(0, shownLines).join("\n") : code}</code>
      </pre>
      {(isLong || error !== null) && (
        <div className={classes.runEnd}>
          {isLong && (
            <Button variant="subtle" size="compact-sm" onClick={() => setWhole(true)}>
              {t("runs.showCode")}
            </Button>
          )}
          {error !== null && (
            <Button
              variant="subtle"
              color="bad"
              size="compact-sm"
              aria-expanded={errorShown}
              aria-controls={panel}
              rightSection={
                <IconChevronDown size={16} aria-hidden="true" className={errorShown ? classes.turned : undefined} />
              }
              onClick={() => setErrorShown(!errorShown)}
            >
              {t(errorShown ? "runs.hideError" : "runs.showError")}
            </Button>
          )}
        </div>
      )}
      {error !== null && (
        <pre id={panel} dir="ltr" hidden={!errorShown} className={classes.trace}>
          {errorShown && error}
        </pre>
      )}
      {wanted && shownError(read) !== null && <ReasonCard error={read.error} onRetry={() => void read.refetch()} />}
      {run.was_cut && <p className="quiet small">{t("runs.wasCut")}</p>}
    </article>
  );
}
