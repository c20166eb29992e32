import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { newestOperations } from "../api/operations.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { OperationRow } from "../operations/operation-row.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";

/** Operations shown here. */
const LAST = 5;

/** What they asked the server to do last, and the way to all that was written down about them. */
export function PersonDoings({ person }: { person: Person }) {
  const { t } = useTranslation();
  const operations = useQuery(newestOperations({ actor: person.username }));
  const items = operations.data?.items.slice(0, LAST) ?? [];
  return (
    <Section title={t("person.operations")}>
      {operations.isPending && <RowsLoading rows={2} />}
      {shownError(operations) !== null && (
        <ReasonCard error={operations.error} onRetry={() => void operations.refetch()} />
      )}
      {operations.data && items.length === 0 && <p className="quiet">{t("person.noOperations")}</p>}
      <ul className={rows.rows}>
        {items.map((one) => (
          <OperationRow key={one.id} operation={one} isOpen={false} />
        ))}
      </ul>
      <p>
        <Link to="/audit" search={{ thing: "account", thing_id: String(person.id) }}>
          {t("person.auditAbout")}
        </Link>
        {" · "}
        <Link to="/audit" search={{ actor: String(person.id) }}>
          {t("person.auditBy")}
        </Link>
      </p>
    </Section>
  );
}
