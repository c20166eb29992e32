import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AnyRun, anyRunQuery } from "../../api/admin-activity.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconCheck, IconCircleX } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { When } from "../../pieces/when.tsx";
import { WordChip } from "../../pieces/word-chip.tsx";
import classes from "./admin-activity.module.css";
import { lastLine } from "./glance.tsx";

/** Lines shown before one asks for all of them. */
const LINES = 3;

/** One cell: whose, when, how long, the code's first lines, what went wrong. */
export function AnyRunRow({ run }: { run: AnyRun }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [open, setOpen] = useState(false);
  const lines = run.code.trimEnd().split("\n");
  const isLong = !run.is_whole || lines.length > LINES || (run.error_message?.includes("\n") ?? false);
  const failed = run.status === "error";
  return (
    <div className={classes.run}>
      <p className={classes.runTop}>
        <Link to="/people/$personId" params={{ personId: String(run.account.id) }} className="clip">
          <bdi>{run.account.username}</bdi>
        </Link>
        <span className="quiet small">
          <When at={run.timestamp} />
        </span>
        <span className="quiet small">{format.took(run.execution_time_ms)}</span>
        <WordChip
          tone={failed ? "bad" : "good"}
          icon={failed ? IconCircleX : IconCheck}
          state={run.status}
          word={t(`adminActivity.${run.status}`)}
        />
        {isLong && (
          <Button variant="subtle" size="compact-sm" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? "adminActivity.less" : "adminActivity.all")}
          </Button>
        )}
      </p>
      {open ? (
        <Whole id={run.id} />
      ) : (
        <>
          <pre dir="ltr" className={classes.code}>
            {lines.slice(0, LINES).join("\n")}
          </pre>
          {run.error_message !== null && (
            <code dir="ltr" className={`clip ${classes.wrong}`}>
              {lastLine(run.error_message)}
            </code>
          )}
        </>
      )}
    </div>
  );
}

function Whole({ id }: { id: string }) {
  const { t } = useTranslation();
  const run = useQuery(anyRunQuery(id));
  if (run.data === undefined) {
    return run.isError ? (
      <ReasonCard error={run.error} onRetry={() => void run.refetch()} />
    ) : (
      <p className="quiet">{t("common.loading")}</p>
    );
  }
  const { code, error_message: error, was_cut: cut } = run.data;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus */}
      <pre dir="ltr" className={classes.code} data-whole tabIndex={0}>
        {code}
      </pre>
      {cut && <p className="quiet small">{t("adminActivity.wasCut")}</p>}
      {error !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus
        <pre dir="ltr" className={`${classes.code} ${classes.wrong}`} data-whole tabIndex={0}>
          {error}
        </pre>
      )}
    </>
  );
}
