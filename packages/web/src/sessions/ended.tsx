import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { type ResourceOptions, sessionOneQuery, sessionTypesQuery, startSession } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconCircleCheck, IconCircleX, IconRefresh } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { Elapsed } from "../pieces/when.tsx";
import classes from "./session-page.module.css";
import { stopTold, tellIn } from "./told.ts";

/** Why it ended, in words; what it took; and the same once more. */
export function Ended({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data: known } = useQuery(sessionQuery);
  const failed = session.status === "failed";
  const Picture = failed ? IconCircleX : IconCircleCheck;
  const why =
    stopTold(t, session.reason_told, known?.account?.username) ??
    (session.reason_told === null ? t("sessionTold.ended") : tellIn(t, session.reason_told));
  return (
    <section className={classes.ended} data-failed={failed || undefined} aria-label={t("sessions.how")}>
      <Picture size={26} stroke={1.75} aria-hidden="true" />
      <div>
        <strong dir="auto">{why}</strong>
        <span className="quiet small">
          {session.started_at !== null && (
            <>
              <Elapsed start={session.started_at} end={session.ended_at} />
              {" · "}
            </>
          )}
          {t("sessionTime.took", { hours: format.number(Number(session.core_hours), 3) })}
        </span>
      </div>
      {session.owner_id === known?.account?.id && <Again session={session} />}
    </section>
  );
}

/** The same type in the same workspace, with the same options. */
function Again({ session }: { session: Session }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: types } = useQuery(sessionTypesQuery);
  const startable = types?.some(({ id, refused }) => id === session.job_type && refused === null) ?? false;
  const again = useMutation({
    mutationFn: () => startSession(session.workspace.id, session.job_type, plain(session.resource.options)),
    onSuccess: async (started) => {
      client.setQueryData(sessionOneQuery(started.id).queryKey, started);
      await navigate({ to: "/sessions/$sessionId", params: { sessionId: String(started.id) } });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  if (!startable) return null;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={16} aria-hidden="true" />}
        loading={again.isPending}
        onClick={() => again.mutate()}
      >
        {t("sessions.again")}
      </Button>
      {again.isError && <ReasonCard title={t("quickStart.failed")} error={again.error} />}
    </>
  );
}

/** Only what a form could have chosen. */
const plain = (options: Readonly<Record<string, unknown>>): ResourceOptions =>
  Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, number | boolean | string] =>
      ["number", "boolean", "string"].includes(typeof entry[1]),
    ),
  );
