import { Button, Progress } from "@mantine/core";
import "@mantine/core/styles/Progress.layer.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { isGoing, peopleImportQuery } from "../../api/people-import.ts";
import { shownError } from "../../api/query-trouble.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import classes from "../many.module.css";

/** How the adding of people goes, and how it went: in the address, so that a reload shows it again. */
export function ImportResult({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const result = useQuery(peopleImportQuery(id));
  const { data } = result;
  const going = data !== undefined && isGoing(data.state);
  const over = data !== undefined && !going;
  useEffect(() => {
    if (!over) return;
    void client.invalidateQueries({ queryKey: ["people", "list"] });
    void client.invalidateQueries({ queryKey: ["people", "counts"] });
  }, [client, over]);
  const n = (count: number) => ({ count, n: format.number(count) });
  const settled = (data?.made ?? 0) + (data?.refused ?? 0);
  const words = t("people.going", { done: format.number(settled), total: format.number(data?.total ?? 0) });
  return (
    <section className={classes.result} aria-label={t("people.importResult")}>
      {result.isPending && <RowsLoading rows={1} />}
      {shownError(result) !== null && <ReasonCard error={result.error} onRetry={() => void result.refetch()} />}
      {going && (
        <>
          <p role="status">{words}</p>
          <Progress value={(100 * settled) / Math.max(1, data.total)} aria-label={words} />
        </>
      )}
      {over && (
        <p role="status">
          <strong>{t("people.added", n(data.made))}</strong>
          {data.state !== "succeeded" && ` ${t("people.notAll")}`}
        </p>
      )}
      {over && data.refused > 0 && (
        <>
          <p className="warned">{t("people.notAdded", n(data.refused))}</p>
          <ul className={classes.refusals}>
            {data.refusals.map(({ line, username, reason }) => (
              <li key={line}>
                {t("people.lineOf", { line: format.number(line), name: username })}{" "}
                {t(`people.why_${reason}`, { defaultValue: reason })}
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={classes.ends}>
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => <Link to="/operations" search={{ id }} {...props} />}
        >
          {t("people.itsOperation")}
        </Button>
        {!going && (
          <Button size="xs" variant="subtle" onClick={onClose}>
            {t("common.close")}
          </Button>
        )}
      </div>
    </section>
  );
}
