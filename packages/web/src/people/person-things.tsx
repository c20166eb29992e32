import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { personWorkspacesQuery } from "../api/person.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { useSize } from "../storage/use-size.ts";

/** Their workspaces with sizes, and what was shared and received. Never what is in them. */
export function PersonThings({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const workspaces = useQuery(personWorkspacesQuery(person.id));
  const items = workspaces.data ?? [];
  const room = items.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Section
      id="workspaces"
      title={t("person.workspaces")}
      action={items.length > 0 && <span className="quiet">{size(room)}</span>}
    >
      {workspaces.isPending && <RowsLoading rows={2} />}
      {shownError(workspaces) !== null && (
        <ReasonCard error={workspaces.error} onRetry={() => void workspaces.refetch()} />
      )}
      {workspaces.data && items.length === 0 && <p className="quiet">{t("person.noWorkspaces")}</p>}
      <ul className={rows.rows}>
        {items.map((one) => (
          <li key={one.id} className={rows.row}>
            <div className={rows.main}>
              <span className="clip">
                <bdi>{one.name}</bdi>
              </span>
              <span className={rows.under}>
                {size(one.bytes)}
                {one.shared_with > 0 &&
                  ` · ${t("person.sharedWith", { count: one.shared_with, n: format.number(one.shared_with) })}`}
                {one.received_from !== null && (
                  <>
                    {" · "}
                    <Link to="/people/$personId" params={{ personId: String(one.received_from) }}>
                      {t("person.received")}
                    </Link>
                  </>
                )}
                {one.last_job_launch_at !== null &&
                  ` · ${t("person.lastRun", { date: format.date(one.last_job_launch_at) })}`}
              </span>
            </div>
            <StateChip domain="workspace" state={one.status} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
