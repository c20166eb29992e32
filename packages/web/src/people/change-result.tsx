import { Button, Progress } from "@mantine/core";
import "@mantine/core/styles/Progress.layer.css";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type ManyChange, manyChangeQuery, undoMany } from "../api/people.ts";
import { shownError } from "../api/query-trouble.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import classes from "./many.module.css";

/** How a change of many goes, and how it went for each: in the address, so that a reload shows it again. */
export function ChangeResult({ id, onOther }: { id: string; onOther(id: string | undefined): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useQuery(manyChangeQuery(id));
  const { data } = change;
  const running = data !== undefined && ["queued", "running"].includes(data.state);
  useEffect(() => {
    if (data && !running) {
      void client.invalidateQueries({ queryKey: ["people", "list"] });
      void client.invalidateQueries({ queryKey: ["people", "counts"] });
    }
  }, [client, data, running]);
  const undo = useMutation({ mutationFn: () => undoMany(id), onSuccess: ({ operation_id }) => onOther(operation_id) });
  return (
    <section className={classes.result} aria-label={t("people.result")}>
      {change.isPending && <RowsLoading rows={1} />}
      {shownError(change) !== null && <ReasonCard error={change.error} onRetry={() => void change.refetch()} />}
      {data && (running ? <Going change={data} /> : <Gone change={data} />)}
      {undo.isError && <ReasonCard error={undo.error} />}
      {!running && (
        <div className={classes.ends}>
          {data?.can_undo && (
            <Button size="xs" variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
              {t("people.undo")}
            </Button>
          )}
          <Button size="xs" variant="subtle" onClick={() => onOther(undefined)}>
            {t("common.close")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Going({ change }: { change: ManyChange }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const done = change.changed + change.unchanged + change.refused;
  const words = t("people.going", { done: format.number(done), total: format.number(change.total) });
  return (
    <>
      <p role="status">{words}</p>
      <Progress value={(100 * done) / Math.max(1, change.total)} aria-label={words} />
    </>
  );
}

function Gone({ change }: { change: ManyChange }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const n = (value: number) => format.number(value);
  const { total, changed, unchanged, refused, refusals } = change;
  return (
    <>
      <p role="status">
        <strong>
          {t(change.is_undo ? "people.undone" : `people.done_${change.verb}`, {
            count: changed,
            n: n(changed),
            total: n(total),
          })}
        </strong>{" "}
        {unchanged > 0 && t("people.unchanged", { count: unchanged, n: n(unchanged) })}
        {change.state === "failed" || change.state === "cancelled" ? ` ${t("people.notAll")}` : ""}
      </p>
      {refused > 0 && (
        <>
          <p className="warned">{t("people.refused", { count: refused, n: n(refused), total: n(total) })}</p>
          <ul className={classes.refusals}>
            {refusals.map((one) => (
              <li key={one.id}>
                <Link to="/people/$personId" params={{ personId: String(one.id) }}>
                  <bdi>{one.full_name || one.username}</bdi>
                </Link>
                {": "}
                {t(`people.why_${one.reason}`, { defaultValue: one.reason })}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
