import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { sessionQuery } from "../api/auth.ts";
import { personQuery } from "../api/people.ts";
import { type PersonAccess, personAccessQuery } from "../api/person.ts";
import { replacingError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Empty } from "../pieces/empty.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { CoreHourQuota } from "../sessions/core-hours/quota.tsx";
import { Held } from "../storage/held.tsx";
import { useSize } from "../storage/use-size.ts";
import classes from "./person.module.css";
import { PersonAccessSection } from "./person-access.tsx";
import { PersonActivity } from "./person-activity.tsx";
import { PersonDeletion } from "./person-deletion.tsx";
import { PersonDoings } from "./person-doings.tsx";
import { PersonFacts } from "./person-facts.tsx";
import { PersonHub } from "./person-hub.tsx";
import { PersonRuns } from "./person-runs.tsx";
import { PersonThings } from "./person-things.tsx";
import { PersonVerbs } from "./person-verbs.tsx";
import { WhyNot } from "./why-not.tsx";

const route = getRouteApi("/signed-in/admin/people/$personId");

export function PersonPage() {
  const { t } = useTranslation();
  const { personId } = route.useParams();
  const person = useQuery(personQuery(Number(personId)));
  const above = <Link to="/people">{t("people.title")}</Link>;
  if (person.isPending) {
    return (
      <Page title={t("common.loading")} above={above} aside={<RowsLoading rows={5} height={36} />}>
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
      <Glance person={person} />
      {person.status === "deleted" ? (
        <PersonFacts person={person} />
      ) : (
        <>
          <PersonRuns person={person} />
          <PersonHub person={person} />
          <PersonActivity person={person} />
          <WhyNot person={person} />
          <CoreHourQuota holder={{ kind: "people", id: person.id }} name={person.full_name || person.username} />
          <Held holder={{ account_id: person.id }} name={person.full_name || person.username} />
          <PersonThings person={person} />
          <PersonFacts person={person} />
          <PersonAccessSection person={person} />
        </>
      )}
      <PersonDoings person={person} />
      <PersonDeletion person={person} self={self} />
    </Page>
  );
}

/** When they were here last, what runs, what room they take: before anything else. */
function Glance({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data } = useQuery(personAccessQuery(person.id));
  if (person.status === "deleted") return null;
  return (
    <p className={classes.lead} aria-busy={data === undefined}>
      <span>
        {t("account.since")} {format.date(person.created_at)}
      </span>
      {data && <Seen person={data.person} />}
    </p>
  );
}

/** Nothing of it is said before it is known: nought would be an answer. */
function Seen({ person }: { person: PersonAccess["person"] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const { last_seen: seen = null, glance = {} } = person;
  const { sessions_running: running = 0, room_bytes: room = 0 } = glance;
  return (
    <>
      <span>
        {seen ? (
          <>
            {t("people.seen")} <When at={seen} />
          </>
        ) : (
          t("people.neverSeen")
        )}
      </span>
      <span>{t("people.running", { count: running, n: format.number(running) })}</span>
      <span>{size(room)}</span>
    </>
  );
}
