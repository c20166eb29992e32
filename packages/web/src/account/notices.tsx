import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { cancelDeletion } from "../api/deletion.ts";
import type { Me, WebSession } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./account.module.css";
import { VerifyEmail } from "./verify-email.tsx";
import { whichNotices } from "./which-notices.ts";

/** An account about to go, with the way back; an address to prove, with the mail once more. */
export function Notices({ session, account }: { session: WebSession; account: Me }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const { leavesAt, unproven } = whichNotices(session);
  const keep = useMutation({ mutationFn: cancelDeletion, onSuccess: () => client.invalidateQueries() });
  return (
    <div className={classes.notices} role="status">
      {leavesAt !== null && (
        <div className={classes.noticeRow}>
          <IconAlertTriangle size={20} aria-hidden="true" />
          <span>{t("deletion.banner", { date: format.dateTime(leavesAt) })}</span>
          <Button size="xs" loading={keep.isPending} onClick={() => keep.mutate()}>
            {t("deletion.keep")}
          </Button>
          {keep.isError && <ReasonCard error={keep.error} />}
        </div>
      )}
      {unproven && (
        <div className={classes.noticeRow}>
          <IconAlertTriangle size={20} aria-hidden="true" />
          <div>
            {session.limitation === "unverified" && <strong>{t("verify.limited")} </strong>}
            <VerifyEmail account={account} />
          </div>
        </div>
      )}
    </div>
  );
}
