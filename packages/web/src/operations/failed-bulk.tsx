import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { lookAtFailed, retryFailed } from "../api/operations.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./operations.module.css";

/** All failures of a kind at once: begun anew, or marked as seen to. */
export function FailedBulk({ kind }: { kind: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const refresh = () =>
    Promise.all([["operations"], ["overview"]].map((queryKey) => client.invalidateQueries({ queryKey })));
  const retry = useMutation({
    mutationFn: () => retryFailed({ kind }),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const look = useMutation({ mutationFn: () => lookAtFailed({ kind }), onSuccess: refresh });
  return (
    <div className={classes.bulk}>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("operations.retryAll")}
      </Button>
      <Button variant="subtle" loading={look.isPending} onClick={() => look.mutate()}>
        {t("operations.seenAll")}
      </Button>
      <span role="status" className="quiet">
        {retry.data !== undefined && t("overview.retried", { count: retry.data })}
      </span>
      {look.isError && <ReasonCard error={look.error} />}
      <Confirm
        opened={asking}
        title={t("operations.retryAllTitle")}
        text={t("operations.retryAllText", { kind: t(`kinds.${kind}`, { defaultValue: kind }) })}
        action={t("operations.retryAll")}
        pending={retry.isPending}
        error={retry.error}
        onConfirm={() => retry.mutate()}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
