import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { eraseRuns } from "../api/activity.ts";
import { operationQuery } from "../api/operations.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { IconTrash } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./runs.module.css";

/** The deletion of all that one's notebooks reported, asked for once more before it comes. */
export function EraseRuns() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const erase = useMutation({ mutationFn: eraseRuns, onSuccess: () => setAsked(false) });
  const id = erase.data?.operation_id;
  const { data: operation } = useQuery({
    ...operationQuery(id ?? ""),
    enabled: id !== undefined,
    refetchInterval: ({ state: { data } }) => (data?.finished_at ? false : 2_000),
  });
  const state = operation?.state;
  useEffect(() => {
    if (state === "succeeded") void client.resetQueries({ queryKey: ["activity"] });
  }, [state, client]);
  return (
    <div className={classes.erase}>
      <Button
        variant="subtle"
        color="bad"
        size="compact-sm"
        leftSection={<IconTrash size={16} aria-hidden="true" />}
        onClick={() => setAsked(true)}
      >
        {t("runs.erase")}
      </Button>
      <span role="status" className="quiet small">
        {id !== undefined && state !== "failed" && t(state === "succeeded" ? "runs.erased" : "runs.erasing")}
      </span>
      {state === "failed" && operation?.error && <ReasonCard error={new Error(operation.error.message)} />}
      <Confirm
        opened={asked}
        danger
        title={t("runs.eraseTitle")}
        text={t("runs.eraseText")}
        action={t("runs.eraseDo")}
        pending={erase.isPending}
        error={erase.error}
        onConfirm={() => erase.mutate()}
        onClose={() => setAsked(false)}
      />
    </div>
  );
}
