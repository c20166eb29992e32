import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../../api/api-error.ts";
import { sessionQuery } from "../../api/auth.ts";
import { replacingError } from "../../api/query-trouble.ts";
import { removeViewer, type SharedSession, sharedSessionQuery } from "../../api/session-viewers.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Empty } from "../../pieces/empty.tsx";
import { useJobTypes } from "../../pieces/job-types.ts";
import { Page } from "../../pieces/page.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { StateChip } from "../../pieces/state-chip.tsx";
import { OpenDoor } from "../open-door.tsx";
import { shownState } from "../session-time.ts";

const Terminal = lazy(() => import("../terminal/terminal.tsx"));
const route = getRouteApi("/signed-in/shared-sessions/$sessionId");

/** Somebody else's session: its terminal to look at, or its program to use as them. */
export function SharedSessionPage() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { sessionId } = route.useParams();
  const session = useQuery({ ...sharedSessionQuery(Number(sessionId)), refetchInterval: 30_000 });
  const above = <Link to="/sessions">{t("sessions.title")}</Link>;
  if (session.isPending) {
    return (
      <Page title={t("sessions.name", { id: format.id(sessionId) })} above={above}>
        <RowsLoading rows={1} height={420} />
      </Page>
    );
  }
  // Also what could be seen a moment ago: it has ended, or was taken back.
  const missing = asApiError(session.error).status === 404;
  const trouble = missing ? session.error : replacingError(session);
  if (trouble !== null || session.data === undefined) {
    return (
      <Page title={missing ? t("viewers.overTitle") : t("sessions.name", { id: format.id(sessionId) })}>
        {missing ? (
          <Empty text={t("viewers.overText")} action={above} />
        ) : (
          <ReasonCard error={trouble} onRetry={() => void session.refetch()} />
        )}
      </Page>
    );
  }
  return <Loaded key={session.data.id} session={session.data} />;
}

function Loaded({ session }: { session: SharedSession }) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  return (
    <Page
      title={nameOf(session.job_type)}
      above={t("viewers.ofIn", { name: nameOfPerson(session.owner), workspace: session.workspace_name })}
      beside={<StateChip domain="session" state={shownState(session)} since={session.started_at} />}
      action={<Leave session={session} />}
    >
      <p className="quiet">{t(session.may_act ? "viewers.youActText" : "viewers.youLookText")}</p>
      <Suspense fallback={<RowsLoading rows={1} height={420} />}>
        {session.opens === "program" ? (
          <OpenDoor session={session} about={t("viewers.youActText")} />
        ) : (
          <Terminal sessionId={session.id} looksOnly />
        )}
      </Suspense>
    </Page>
  );
}

/** Not to be let in any more: it goes from one's own list. */
function Leave({ session }: { session: SharedSession }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: known } = useQuery(sessionQuery);
  const leave = useMutation({
    mutationFn: () => removeViewer(session.id, known?.account?.id ?? 0),
    onSuccess: async () => {
      await navigate({ to: "/sessions" });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <>
      <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate()}>
        {t("viewers.leave")}
      </Button>
      {leave.isError && <ReasonCard error={leave.error} />}
    </>
  );
}
