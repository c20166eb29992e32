import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { stopSession } from "../api/sessions.ts";
import type { Session } from "../api/types.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { useJobTypes } from "../pieces/job-types.ts";

/** Asks once, as the session's own page does; then shows how it ends. */
export function StopSession({ session, onClose }: { session: Session; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { nameOf } = useJobTypes();
  const stop = useMutation({
    mutationFn: () => stopSession(session.id),
    onSuccess: async () => {
      onClose();
      await navigate({ to: "/sessions/$sessionId", params: { sessionId: String(session.id) } });
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <Confirm
      opened
      danger
      title={t("palette.stop", { program: nameOf(session.job_type), workspace: session.workspace.name })}
      text={t("sessions.stopText")}
      action={t("sessions.stop")}
      pending={stop.isPending}
      error={stop.error}
      onConfirm={() => stop.mutate()}
      onClose={onClose}
    />
  );
}
