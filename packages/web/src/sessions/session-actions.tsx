import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stopSession } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { focusTitle } from "../pieces/focus-title.ts";
import { IconExternalLink, IconPlayerStop } from "../pieces/icons.ts";
import { may } from "../pieces/may.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useOpenSession } from "./open-session.ts";
import classes from "./session-page.module.css";
import { useIsOwn } from "./use-is-own.ts";

/** A terminal in a tab of its own (programs have a door of their own on the page), and the end. */
export function SessionActions({ session }: { session: Session }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [stopping, setStopping] = useState(false);
  const open = useOpenSession(session.id);
  const isOwn = useIsOwn(session);
  const stop = useMutation({
    mutationFn: () => stopSession(session.id),
    onSuccess: async () => {
      setStopping(false);
      // The button that the dialog would lead back to goes with what it stops.
      focusTitle();
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
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
      {may("session.stop", session.status) && (
        <Button
          color="bad"
          variant="outline"
          leftSection={<IconPlayerStop size={18} aria-hidden="true" />}
          onClick={() => setStopping(true)}
        >
          {t("sessions.stop")}
        </Button>
      )}
      {open.isError && <ReasonCard error={open.error} />}
      <Confirm
        opened={stopping}
        danger
        title={t("sessions.stopTitle")}
        text={t("sessions.stopText")}
        action={t("sessions.stop")}
        pending={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate()}
        onClose={() => setStopping(false)}
      />
    </div>
  );
}
