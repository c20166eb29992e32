import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type AuditVerification, lastVerificationQuery, startVerification } from "../api/audit.ts";
import { operationQuery } from "../api/operations.ts";
import { shownError } from "../api/query-trouble.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { MeterBar } from "../pieces/meter.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import classes from "./audit.module.css";

/** Whether anybody changed, removed or reordered entries: what the last whole check found, and another now. */
export function ChainPanel() {
  const { t } = useTranslation();
  const last = useQuery(lastVerificationQuery);
  const start = useMutation({ mutationFn: startVerification });
  const isOver = useIsOver(start.data);
  const checking = start.isPending || (start.data !== undefined && !isOver);
  return (
    <section className={classes.chain} aria-label={t("audit.chain")}>
      <div role="status" className={classes.chainText}>
        {checking ? <Progress id={start.data} /> : <Found last={last.data} isRead={last.data !== undefined} />}
      </div>
      <Button variant="default" loading={checking} onClick={() => start.mutate()}>
        {t(last.data ? "audit.checkAgain" : "audit.check")}
      </Button>
      {start.isError && <ReasonCard error={start.error} />}
      {shownError(last) !== null && <ReasonCard error={last.error} onRetry={() => void last.refetch()} />}
    </section>
  );
}

/** Whether the check has ended: then what it found is read. */
function useIsOver(id: string | undefined): boolean {
  const client = useQueryClient();
  const { data } = useQuery({
    ...operationQuery(id ?? ""),
    enabled: id !== undefined,
    // Events tell of each change; asking now and then is for a stream that is down.
    refetchInterval: ({ state }) => (isEnd(state.data?.state) ? false : 1_500),
  });
  const isOver = isEnd(data?.state);
  useEffect(() => {
    if (!isOver) return;
    for (const queryKey of [lastVerificationQuery.queryKey, ["overview"]]) void client.invalidateQueries({ queryKey });
  }, [isOver, client]);
  return isOver;
}

const isEnd = (state: string | undefined) => state !== undefined && state !== "queued" && state !== "running";

function Progress({ id }: { id: string | undefined }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data } = useQuery({ ...operationQuery(id ?? ""), enabled: id !== undefined });
  const percent = data?.progress ?? 0;
  return (
    <>
      <span>
        {t("audit.checking")} <span className="tabular">{format.percent(percent)}</span>
      </span>
      <MeterBar
        label={t("audit.checking")}
        words={format.percent(percent)}
        used={percent}
        allowed={100}
        warnAt={null}
      />
    </>
  );
}

function Found({ last, isRead }: { last: AuditVerification | null | undefined; isRead: boolean }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (!last) return <span className="quiet">{t(isRead ? "audit.neverChecked" : "audit.lead")}</span>;
  if (!last.ok) return <Problems last={last} />;
  return (
    <>
      <span className={classes.found}>
        <StateChip domain="chain" state="verified" />
        <span>
          {t("audit.checked", {
            count: last.entries,
            entries: format.number(last.entries),
            since: last.since === null ? "–" : format.date(last.since),
          })}
        </span>
      </span>
      <span className="quiet small">
        {last.newest !== null && (
          <>
            {t("audit.lastSealed")} <When at={last.newest} />
            {" · "}
          </>
        )}
        {t("audit.checkedAt")} <When at={last.at} />
      </span>
    </>
  );
}

function Problems({ last }: { last: AuditVerification }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (
    <>
      <span className={classes.found}>
        <StateChip domain="chain" state="broken" />
        <span className="quiet small">
          {t("audit.checkedAt")} <When at={last.at} />
        </span>
      </span>
      <ul className={classes.problems}>
        {last.problems.slice(0, 10).map(({ seq, what }) => (
          <li key={`${seq} ${what}`}>{t("audit.problemAt", { seq: format.number(seq), what })}</li>
        ))}
      </ul>
    </>
  );
}
