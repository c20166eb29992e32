import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { sessionQuery } from "../api/auth.ts";
import { personQuery } from "../api/people.ts";
import { replacingError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { Empty } from "../pieces/empty.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { CoreHourQuota } from "../sessions/core-hours/quota.tsx";
import { PersonDeletion } from "./person-deletion.tsx";
import { PersonFacts } from "./person-facts.tsx";
import { PersonVerbs } from "./person-verbs.tsx";

const route = getRouteApi("/signed-in/admin/people/$personId");

export function PersonPage() {
  const { t } = useTranslation();
  const { personId } = route.useParams();
  const person = useQuery(personQuery(Number(personId)));
  const above = <Link to="/people">{t("people.title")}</Link>;
  if (person.isPending) {
    return (
      <Page title="…" above={above}>
        <RowsLoading rows={5} />
      </Page>
    );
  }
  const trouble = replacingError(person);
  if (trouble !== null || person.data === undefined) {
    const missing = asApiError(trouble).status === 404;
    return (
      <Page title={t(missing ? "people.notFound" : "people.title")}>
        {missing ? (
          <Empty text={t("people.notFoundText")} action={above} />
        ) : (
          <ReasonCard error={trouble} onRetry={() => void person.refetch()} />
        )}
      </Page>
    );
  }
  return <Loaded person={person.data} />;
}

/** Everything about one person: who, what they own, what an administrator may do. */
function Loaded({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const self = known?.account?.id === person.id;
  return (
    <Page
      title={person.full_name || person.username}
      above={<Link to="/people">{t("people.title")}</Link>}
      beside={<StateChip domain="account" state={person.status} />}
      aside={<PersonVerbs person={person} self={self} />}
    >
      <PersonFacts person={person} />
      {person.status !== "deleted" && (
        <CoreHourQuota holder={{ kind: "people", id: person.id }} name={person.full_name || person.username} />
      )}
      <PersonDeletion person={person} self={self} />
    </Page>
  );
}
