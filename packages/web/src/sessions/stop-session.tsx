import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stopSession } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { focusTitle } from "../pieces/focus-title.ts";
import { IconPlayerStop } from "../pieces/icons.ts";
import { may } from "../pieces/may.ts";

interface StopSessionProps {
  readonly session: Session;
  /** The button's name for who doesn't see what it stands beside. */
  readonly label: string;
}

/** The end of a session, asked for once more before it comes; nothing where there is none to end. */
export function StopSession({ session, label }: StopSessionProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [stopping, setStopping] = useState(false);
  const stop = useMutation({
    mutationFn: () => stopSession(session.id),
    onSuccess: async () => {
      setStopping(false);
      // The button that the dialog would lead back to goes with what it stops.
      focusTitle();
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  if (!may("session.stop", session.status)) return null;
  return (
    <>
      <Button
        color="bad"
        variant="outline"
        aria-label={label}
        leftSection={<IconPlayerStop size={18} aria-hidden="true" />}
        onClick={() => setStopping(true)}
      >
        {t("sessions.stop")}
      </Button>
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
    </>
  );
}
