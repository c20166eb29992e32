import { Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
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

type When = "later" | "now";

/** Now or from a time on, until a time or until somebody ends it, and what people are told. */
export function MaintenanceForm({ maintenance, onClose }: { maintenance: Maintenance; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft("maintenance");
  const isSet = maintenance.phase !== "none";
  // One that is on has begun: there is nothing to choose.
  const chooses = maintenance.phase !== "on";
  const [when, setWhen] = useState<When>(draft.text("when") === "now" ? "now" : "later");
  const isNow = chooses && when === "now";
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
          const typed = new FormData(event.currentTarget).get("starts_at");
          if (typed !== null) setStarts(String(typed));
        }}
        onSubmit={submit}
      >
        <Stack>
          <p className="quiet">{t("system.maintenanceLead")}</p>
          {chooses && (
            <SegmentedControl
              name="when"
              transitionDuration={150}
              aria-label={t("system.maintenanceWhen")}
              value={when}
              onChange={(value) => setWhen(value === "now" ? "now" : "later")}
              data={[
                { value: "later", label: t("system.maintenanceLater") },
                { value: "now", label: t("system.maintenanceNow") },
              ]}
            />
          )}
          {isNow && <p className="warned">{t("system.maintenanceNowMeans")}</p>}
          <TimeFields
            asks={!chooses ? "both" : isNow ? "until" : "from"}
            from={starts}
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
            action={t(isNow ? "system.beginNow" : isSet ? "common.save" : "system.plan")}
            tone={isNow ? "warn" : "accent"}
            disabled={chooses && !isNow && momentOf(starts) === null}
            pending={plan.isPending}
            error={plan.error}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}

/** Of a field as it is typed, or of an ISO time that it was filled with. */
const momentOf = (text: string): string | null => (text.endsWith("Z") ? text : fromField(text));
