import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asApiError } from "../../api/api-error.ts";
import { replacingError } from "../../api/query-trouble.ts";
import { recountStorage, type StorageSubject, storageHistoryQuery, subjectQuery } from "../../api/storage.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconAlertTriangle } from "../../pieces/icons.ts";
import { Page, Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { HistorySection, historySpans } from "../history-section.tsx";
import { ownerName } from "../level.ts";
import { RecountButton } from "../recount-button.tsx";
import { StorageMeter } from "../storage-meter.tsx";
import { MoveInSection } from "./move-in-section.tsx";
import { QuotaCell } from "./quota-cell.tsx";
import { ServerSaid } from "./server-said.tsx";
import { SubjectFacts } from "./subject-facts.tsx";
import { SubjectVerbs } from "./subject-verbs.tsx";
import classes from "./subjects.module.css";

const route = getRouteApi("/signed-in/admin/admin/storage/$subjectId");

/** One person's or group's storage. */
export function SubjectPage() {
  const { t } = useTranslation();
  const { subjectId } = route.useParams();
  const subject = useQuery(subjectQuery(Number(subjectId)));
  const above = <Link to="/admin/storage">{t("adminStorage.title")}</Link>;
  if (subject.isPending) {
    return (
      <Page title={t("common.loading")} above={above} aside={<RowsLoading rows={4} height={36} />}>
        <RowsLoading rows={3} height={90} />
      </Page>
    );
  }
  const trouble = replacingError(subject);
  if (trouble !== null || subject.data === undefined) {
    const missing = asApiError(trouble).status === 404;
    return (
      <Page title={t(missing ? "adminStorage.notFound" : "adminStorage.title")} above={above}>
        {missing ? (
          <Empty
            text={t("adminStorage.notFoundText")}
            action={<Link to="/admin/storage/trash">{t("adminStorage.tabTrash")}</Link>}
          />
        ) : (
          <ReasonCard error={trouble} onRetry={() => void subject.refetch()} />
        )}
      </Page>
    );
  }
  return <Loaded subject={subject.data} />;
}

function Loaded({ subject }: { subject: StorageSubject }) {
  const { t } = useTranslation();
  // The month's forecast is the meter's ghost, whatever span the chart shows.
  const { data: history } = useQuery(storageHistoryQuery(subject.id, historySpans[0]));
  const recount = () => recountStorage([subject.id]);
  return (
    <Page
      title={ownerName(subject)}
      above={<Link to="/admin/storage">{t("adminStorage.title")}</Link>}
      beside={<span className="quiet">{t(`adminStorage.one_${subject.kind}`)}</span>}
      aside={
        <>
          <SubjectVerbs subject={subject} />
          {subject.kind === "user" && subject.account !== null && <MoveInSection subject={subject} />}
          <SubjectFacts subject={subject} />
        </>
      }
    >
      <Said subject={subject} />
      <Section title={t("adminStorage.room")} action={<QuotaCell subject={subject} />}>
        <StorageMeter
          subject={subject}
          label={
            subject.quota_set_by === null
              ? t("adminStorage.foundSo")
              : t("startForm.setBy", { name: subject.quota_set_by })
          }
          forecast={history?.forecast}
          action={<RecountButton asOf={subject.as_of} onRecount={recount} />}
        />
      </Section>
      <HistorySection of={subject.id} subject={subject} />
    </Page>
  );
}

/** What is wrong with it, and what to know of it. */
function Said({ subject }: { subject: StorageSubject }) {
  const { state, problem, remark, remark_code } = subject;
  const { t } = useTranslation();
  return (
    <>
      {problem !== null && (
        <div className={classes.said} role="status">
          <span className={classes.trouble}>
            <IconAlertTriangle size={16} stroke={2} aria-hidden="true" />
            <strong>{t("adminStorage.problem")}</strong>
          </span>
          <ServerSaid of={subject} />
          <p className="quiet small">{t("adminStorage.triedAgain")}</p>
        </div>
      )}
      {remark !== null && (
        <div className={classes.said}>
          <span className={classes.trouble} data-tone="warn">
            <IconAlertTriangle size={16} stroke={2} aria-hidden="true" />
            <strong>{t("adminStorage.remark")}</strong>
          </span>
          <ServerSaid of={{ remark, remark_code }} />
        </div>
      )}
      {state === "pending" && problem === null && <p className="quiet">{t("adminStorage.pendingText")}</p>}
    </>
  );
}
