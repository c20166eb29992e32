import { Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Maintenance, planMaintenance } from "../api/announcements.ts";
import { formValues } from "../auth/form-values.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { FormEnd } from "../pieces/form-end.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { fromField } from "./local-time.ts";
import { TimeFields } from "./time-fields.tsx";

/** Now or from a time on, until a time or until somebody ends it, and what people are told. */
export function MaintenanceForm({ maintenance, onClose }: { maintenance: Maintenance; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft("maintenance");
  const isSet = maintenance.phase !== "none";
  const [starts, setStarts] = useState(draft.text("starts_at", isSet ? (maintenance.starts_at ?? "") : ""));
  const plan = useMutation({
    mutationFn: planMaintenance,
    onSuccess: async () => {
      draft.clear();
      await client.invalidateQueries({ queryKey: ["announcements"] });
      onClose();
    },
    // Somebody else changed it: the next try is on what it is now.
    onError: () => client.invalidateQueries({ queryKey: ["announcements"] }),
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    const { message, message_fa, starts_at, ends_at } = formValues(event, [
      "message",
      "message_fa",
      "starts_at",
      "ends_at",
    ]);
    const times = { starts_at: fromField(starts_at), ends_at: fromField(ends_at) };
    plan.mutate({ message, message_fa, ...times, version: maintenance.version });
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={t("system.maintenance")} closeButtonProps={closeLabel(t)}>
      <form
        onInput={(event) => {
          draft.onInput(event);
          setStarts(String(new FormData(event.currentTarget).get("starts_at") ?? ""));
        }}
        onSubmit={submit}
      >
        <Stack>
          <p className="quiet">{t("system.maintenanceLead")}</p>
          <TimeFields
            from={draft.text("starts_at", isSet ? (maintenance.starts_at ?? "") : "")}
            until={draft.text("ends_at", isSet ? (maintenance.ends_at ?? "") : "")}
          />
          <TextInput
            name="message"
            label={`${t("system.message")} (${t("common.optional")})`}
            defaultValue={draft.text("message", maintenance.message)}
            dir="auto"
            maxLength={1000}
          />
          <TextInput
            name="message_fa"
            label={`${t("system.messagePersian")} (${t("common.optional")})`}
            defaultValue={draft.text("message_fa", maintenance.message_fa)}
            dir="rtl"
            lang="fa"
            maxLength={1000}
          />
          <FormEnd
            action={t(isSet ? "common.save" : starts === "" ? "system.beginNow" : "system.plan")}
            pending={plan.isPending}
            error={plan.error}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
