import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import { IconExternalLink } from "../pieces/icons.ts";
import { may } from "../pieces/may.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useOpenSession } from "./open-session.ts";
import classes from "./session-page.module.css";
import { StopSession } from "./stop-session.tsx";
import { useIsOwn } from "./use-is-own.ts";

/** A terminal in a tab of its own (programs have a door of their own on the page), and the end. */
export function SessionActions({ session }: { session: Session }) {
  const { t } = useTranslation();
  const open = useOpenSession(session.id);
  const isOwn = useIsOwn(session);
  return (
    <div className={classes.actions}>
      {isOwn && session.opens === "terminal" && may("session.openTab", session.status) && (
        <Button
          variant="default"
          leftSection={<IconExternalLink size={18} aria-hidden="true" />}
          title={t("common.newTab")}
          loading={open.isPending}
          onClick={() => open.mutate()}
        >
          {t("sessions.openTab")}
        </Button>
      )}
      <StopSession session={session} label={t("sessions.stop")} />
      {open.isError && <ReasonCard error={open.error} />}
    </div>
  );
}
