import { ActionIcon, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { type ResourceOptions, sessionOneQuery, sessionTypesQuery, startSession } from "../api/sessions.ts";
import type { SessionType } from "../api/types.ts";
import { type Icon, IconApps, IconChevronDown, IconFlask, IconTerminal2 } from "./icons.ts";
import classes from "./quick-start.module.css";
import { lastOptions, rememberOptions } from "./quick-start-memory.ts";
import { ReasonCard } from "./reason-card.tsx";
import { RowsLoading } from "./rows-loading.tsx";
import { startRefusal } from "./start-refusal.ts";

const OptionsForm = lazy(() => import("./quick-start-options.tsx"));

const icons: Readonly<Record<string, Icon>> = { terminal: IconTerminal2, flask: IconFlask };

/** A job type's name in the reader's language, or as the server calls it. */
export function useJobTypeName(): (jobType: string) => string {
  const { t } = useTranslation();
  const { data } = useQuery(sessionTypesQuery);
  return (jobType) =>
    t(`jobTypes.${jobType}`, { defaultValue: data?.find(({ id }) => id === jobType)?.name ?? jobType });
}

interface QuickStartProps {
  /** Where it will run; called at the click, so that it may make a workspace first. */
  workspaceId(): Promise<number>;
  /** Under the name of each. */
  readonly place?: string;
  /** Why nothing can be started now. */
  readonly unavailable?: string | null;
}

/** Large buttons, one a job type: a click starts with the options chosen last, the chevron opens them. */
export function QuickStart({ workspaceId, place, unavailable = null }: QuickStartProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const nameOf = useJobTypeName();
  const types = useQuery(sessionTypesQuery);
  const [choosing, setChoosing] = useState<SessionType | null>(null);
  const start = useMutation({
    mutationFn: async ({ type, options }: { type: string; options: ResourceOptions }) =>
      startSession(await workspaceId(), type, options),
    onSuccess: async (session) => {
      client.setQueryData(sessionOneQuery(session.id).queryKey, session);
      await navigate({ to: "/sessions/$sessionId", params: { sessionId: String(session.id) } });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const begin = (type: string, options: ResourceOptions) => {
    rememberOptions(type, options);
    start.mutate({ type, options });
  };

  if (types.isPending) return <RowsLoading rows={1} height={64} />;
  if (types.data === undefined) return <ReasonCard error={types.error} onRetry={() => void types.refetch()} />;
  const nothing = startRefusal(types.data);
  return (
    <>
      {nothing !== null && <Refusal reason={nothing} />}
      <div className={classes.row}>
        {types.data.map((type) => {
          const TypeIcon = icons[type.icon] ?? IconApps;
          const refused = unavailable ?? type.refused;
          const name = nameOf(type.id);
          const starting = start.isPending && start.variables.type === type.id;
          return (
            <div key={type.id} className={classes.pair}>
              <UnstyledButton
                className={classes.start}
                disabled={start.isPending || refused !== null}
                title={nothing === null && refused !== null ? refused : t("quickStart.start", { name })}
                onClick={() => begin(type.id, lastOptions(type.id))}
              >
                <TypeIcon size={26} stroke={1.6} aria-hidden="true" />
                <span className={classes.words}>
                  <strong>{name}</strong>
                  <span dir="auto">{starting ? t("quickStart.starting") : nothing === null && (refused ?? place)}</span>
                </span>
              </UnstyledButton>
              <ActionIcon
                className={classes.more}
                aria-label={t("quickStart.options", { name })}
                title={t("quickStart.options", { name })}
                disabled={refused !== null}
                onClick={() => setChoosing(type)}
              >
                <IconChevronDown size={18} />
              </ActionIcon>
            </div>
          );
        })}
      </div>
      {start.isError && <ReasonCard title={t("quickStart.failed")} error={start.error} />}
      {choosing && (
        <Suspense>
          <OptionsForm
            name={nameOf(choosing.id)}
            only={choosing.parameters}
            initial={lastOptions(choosing.id)}
            onClose={() => setChoosing(null)}
            onStart={(options) => {
              setChoosing(null);
              begin(choosing.id, options);
            }}
          />
        </Suspense>
      )}
    </>
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
