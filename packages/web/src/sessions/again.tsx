import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { givenOptions, type ResourceOptions, sessionOneQuery, sessionTypesQuery } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { IconRefresh } from "../pieces/icons.ts";
import { rememberOptions } from "../pieces/quick-start-memory.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./session-page.module.css";
import { noteGone, startAgain } from "./start-again.ts";

const StartForm = lazy(async () => ({ default: (await import("./start/start-form.tsx")).StartForm }));

/** The same type in the same workspace, with the same options or with others. */
export function Again({ session }: { session: Session }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: types } = useQuery(sessionTypesQuery);
  const [choosing, setChoosing] = useState(false);
  const type = types?.find(({ id, refused }) => id === session.job_type && refused === null);
  const workspace = session.workspace.id;
  const again = useMutation({
    mutationFn: (options: ResourceOptions) => startAgain(session, options),
    onSuccess: async (done) => {
      const { session: started } = done;
      noteGone(client, done);
      client.setQueryData(sessionOneQuery(started.id).queryKey, started);
      // The page stays while it leads from one of a workspace's terminals to another.
      setChoosing(false);
      await navigate({ to: "/sessions/$sessionId", params: { sessionId: String(started.id) } });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  if (type === undefined) return null;
  const hasOptions = type.parameters.length + type.own_parameters.length > 0;
  return (
    <div className={classes.verbs}>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={16} aria-hidden="true" />}
        loading={again.isPending}
        onClick={() => again.mutate(givenOptions(session.resource.options))}
      >
        {t("sessions.again")}
      </Button>
      {hasOptions && (
        <Button variant="subtle" size="xs" disabled={again.isPending} onClick={() => setChoosing(true)}>
          {t("sessions.againOtherwise")}
        </Button>
      )}
      {again.isError && !choosing && <ReasonCard title={t("quickStart.failed")} error={again.error} />}
      {choosing && (
        <Suspense>
          <StartForm
            type={type}
            workspaceId={workspace}
            starting={again.isPending}
            failure={again.error}
            onClose={() => {
              setChoosing(false);
              again.reset();
            }}
            onStart={(options) => {
              rememberOptions(workspace, type.id, options);
              again.mutate(options);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
