import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operationsQuery } from "../api/operations.ts";
import { shownError } from "../api/query-trouble.ts";
import { useOperationTitle } from "../operations/operation-title.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import classes from "./happened.module.css";
import { noteVisit } from "./last-visit.ts";

/** The latest operations; those since the last visit stand out. */
export function Happened() {
  const { t } = useTranslation();
  const [lastVisit] = useState(noteVisit);
  const operations = useInfiniteQuery(operationsQuery({ mine: true }, 6));
  const items = operations.data?.pages[0]?.items ?? [];
  const titleOf = useOperationTitle(items);
  const anyNew = lastVisit !== null && items.some((one) => one.created_at > lastVisit);
  return (
    <Section title={t(anyNew ? "home.happenedSince" : "home.happened")}>
      {operations.isPending && <RowsLoading rows={3} />}
      {shownError(operations) !== null && (
        <ReasonCard error={operations.error} onRetry={() => void operations.refetch()} />
      )}
      {operations.data && items.length === 0 && <p className="quiet">{t("home.nothingHappened")}</p>}
      <ul className={classes.list}>
        {items.map((one) => (
          <li key={one.id} className={classes.item} data-new={lastVisit !== null && one.created_at > lastVisit}>
            <span>{titleOf(one)}</span>
            <span className={classes.end}>
              <StateChip domain="operation" state={one.state} />
              <span className="quiet small">
                <When at={one.finished_at ?? one.created_at} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      {items.length > 0 && <Link to="/activity/operations">{t("home.allActivity")}</Link>}
    </Section>
  );
}
