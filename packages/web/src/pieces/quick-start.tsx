import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { preflightQuery } from "../api/session-time.ts";
import { type ResourceOptions, sessionOneQuery, sessionTypesQuery, startSession } from "../api/sessions.ts";
import type { SessionType } from "../api/types.ts";
import { allWords } from "../locales/i18n.ts";
import classes from "./quick-start.module.css";
import { StartCard } from "./quick-start-card.tsx";
import { lastOptions, rememberOptions } from "./quick-start-memory.ts";
import { ReasonCard } from "./reason-card.tsx";
import { RowsLoading } from "./rows-loading.tsx";
import { refusalIn, startRefusal } from "./start-refusal.ts";

const StartForm = lazy(async () => {
  const [module] = await Promise.all([import("../sessions/start/start-form.tsx"), allWords()]);
  return { default: module.StartForm };
});
const NotNow = lazy(async () => {
  const [module] = await Promise.all([import("../sessions/start/not-now.tsx"), allWords()]);
  return { default: module.NotNow };
});

interface QuickStartProps {
  /** Where it will run; called at the click, so that it may make a workspace first. */
  workspaceId(): Promise<number>;
  /** The same, as far as it is known before the click. */
  readonly known: number | null;
  /** Why nothing can be started now. */
  readonly unavailable?: string | null;
}

/** Pictures, one a job type: a click starts with the options chosen last, the chevron opens them. */
export function QuickStart({ workspaceId, known, unavailable = null }: QuickStartProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const types = useQuery(sessionTypesQuery);
  const isAdmin = useQuery(sessionQuery).data?.account?.is_admin === true;
  const [choosing, setChoosing] = useState<SessionType | null>(null);
  const start = useMutation({
    mutationFn: async ({ type, options }: { type: string; options: ResourceOptions | null }) => {
      const id = await workspaceId();
      const chosen = options ?? lastOptions(id, type);
      rememberOptions(id, type, chosen);
      return startSession(id, type, chosen);
    },
    onSuccess: async (session) => {
      client.setQueryData(sessionOneQuery(session.id).queryKey, session);
      await navigate({ to: "/sessions/$sessionId", params: { sessionId: String(session.id) } });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });

  if (types.isPending) return <RowsLoading rows={1} height={64} />;
  if (types.data === undefined) return <ReasonCard error={types.error} onRetry={() => void types.refetch()} />;
  const nothing = startRefusal(types.data);
  const possible = types.data.find(({ refused }) => unavailable === null && refused === null);
  return (
    <>
      {nothing !== null && types.data[0] && <Refusal reason={refusalIn(t, types.data[0]) ?? nothing} />}
      {start.isError && choosing === null ? (
        <ReasonCard title={t("quickStart.failed")} error={start.error} />
      ) : (
        // What stood in its way stands there already: said once.
        known !== null && possible && <BeforeClick workspaceId={known} type={possible.id} />
      )}
      <div className={classes.row}>
        {types.data.map((type) => (
          <StartCard
            key={type.id}
            type={type}
            refused={unavailable ?? refusalIn(t, type)}
            quiet={nothing !== null}
            starting={start.isPending && start.variables.type === type.id}
            busy={start.isPending}
            onStart={() =>
              asksFirst(type, known) ? setChoosing(type) : start.mutate({ type: type.id, options: null })
            }
            onChoose={() => setChoosing(type)}
          />
        ))}
      </div>
      {nothing === null && unavailable === null && types.data.some(({ refused }) => refused !== null) && (
        <p className="quiet small">{t(isAdmin ? "quickStart.someMissingAdmin" : "quickStart.someMissing")}</p>
      )}
      {choosing && (
        <Suspense>
          <StartForm
            type={choosing}
            workspaceId={known}
            starting={start.isPending}
            failure={start.error}
            onClose={() => {
              setChoosing(null);
              start.reset();
            }}
            onStart={(options) => start.mutate({ type: choosing.id, options })}
          />
        </Suspense>
      )}
    </>
  );
}

/** Whether it needs something that neither its declaration nor the last start here says. */
function asksFirst({ id, own_parameters }: SessionType, workspaceId: number | null): boolean {
  const last = lastOptions(workspaceId, id);
  return own_parameters.some(
    ({ variable_name: name, default_value, validation }) =>
      validation.required === true && ["", null].includes((last[name] ?? default_value) as string | null),
  );
}

/** What would stand in the way of a click with the options chosen last; nothing while nothing does. */
function BeforeClick({ workspaceId, type }: { workspaceId: number; type: string }) {
  const preflight = useQuery(preflightQuery(workspaceId, type, lastOptions(workspaceId, type)));
  if (preflight.data?.may_start !== false) return null;
  return (
    <Suspense>
      <NotNow preflight={preflight.data} />
    </Suspense>
  );
}

/** Once for all that can't be started: short, with the server's own words for who wants them. */
function Refusal({ reason }: { reason: string }) {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  if (known?.account?.is_admin) return <p dir="auto">{reason}</p>;
  return (
    <div className={classes.refusal}>
      <p>{t("quickStart.adminsOnly")}</p>
      <details>
        <summary>{t("common.details")}</summary>
        <p className="quiet small" dir="auto">
          {reason}
        </p>
      </details>
    </div>
  );
}
