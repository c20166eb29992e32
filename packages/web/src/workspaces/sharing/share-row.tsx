import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { retryOperation } from "../../api/operations.ts";
import { cancelShare, type Share } from "../../api/shares.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { StateChip } from "../../pieces/state-chip.tsx";
import { When } from "../../pieces/when.tsx";
import { useSize } from "../../storage/use-size.ts";
import { Progress } from "../files/uploads/progress.tsx";
import classes from "./sharing.module.css";

/** One receiver: how far the copy is, what they answered; it can be taken back until they accept. */
export function ShareRow({ share }: { share: Share }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const client = useQueryClient();
  const { state, copy } = share;
  const name = nameOfPerson(share.receiver);
  const refresh = () => client.invalidateQueries({ queryKey: ["shares"] });
  const cancel = useMutation({ mutationFn: () => cancelShare(share.id), onSettled: refresh });
  const retry = useMutation({ mutationFn: (id: string) => retryOperation(id), onSettled: refresh });
  const leftOut = Object.entries(copy.left_out).filter(([, count]) => count > 0);
  const open = state === "copying" || state === "pending" || state === "failed";
  return (
    <li className={classes.share}>
      <div className={classes.top}>
        <bdi className="clip">{name}</bdi>
        <StateChip domain="share" state={state} />
      </div>
      {state === "copying" && <Progress label={t("sharing.copying", { name })} percent={copy.progress ?? 0} />}
      <span className="quiet small">
        <When at={share.answered_at ?? share.created_at} />
        {copy.bytes !== null && ` · ${size(copy.bytes)}`}
      </span>
      {share.decline_reason && (
        <span className="small">
          <bdi>{t("sharing.saidWhy", { reason: share.decline_reason })}</bdi>
        </span>
      )}
      {share.failure && (
        <span className={classes.failure} dir="auto">
          {share.failure}
        </span>
      )}
      {leftOut.length > 0 && (
        <span className="quiet small">
          {t("sharing.leftOut", {
            what: format.list(leftOut.map(([kind, count]) => t(`sharing.left.${kind}`, { count, defaultValue: kind }))),
          })}
        </span>
      )}
      {open && (
        <div className={classes.verbs}>
          {state === "failed" && copy.operation_id !== null && (
            <Button
              variant="default"
              size="compact-sm"
              loading={retry.isPending}
              onClick={() => copy.operation_id && retry.mutate(copy.operation_id)}
            >
              {t("common.retry")}
            </Button>
          )}
          <Button
            variant="subtle"
            size="compact-sm"
            aria-label={t("sharing.cancelFor", { name })}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {t("sharing.cancel")}
          </Button>
        </div>
      )}
      {cancel.isError && <ReasonCard error={cancel.error} />}
      {retry.isError && <ReasonCard error={retry.error} />}
    </li>
  );
}
