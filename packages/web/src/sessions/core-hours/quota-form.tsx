import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CoreHours, coreHoursQuery, type Holder, type QuotaPeriod, setCoreHours } from "../../api/core-hours.ts";
import { latinNumber } from "../../locales/latin.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";

interface QuotaFormProps {
  readonly holder: Holder;
  readonly name: string;
  readonly hours: CoreHours;
  onClose(): void;
}

/** As the server takes it: up to five places. */
const decimal = /^[0-9]{1,18}([.][0-9]{1,5})?$/;
/** Up to five places, none of them an empty one. */
const shown = (allowed: string | null) =>
  allowed === null ? "" : allowed.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

/** How many core hours, and whether in all or anew each month. */
export function QuotaForm({ holder, name, hours, onClose }: QuotaFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [allowed, setAllowed] = useState(shown(hours.allowed));
  const [period, setPeriod] = useState<QuotaPeriod>(hours.period ?? "month");
  const read = latinNumber(allowed);
  const wrong = read !== "" && !decimal.test(read);
  const save = useMutation({
    mutationFn: () => setCoreHours(holder, read, period),
    onSuccess: async (now) => {
      client.setQueryData(coreHoursQuery(holder).queryKey, now);
      await client.invalidateQueries({ queryKey: ["core-hours"] });
      // Whether they can start depends on it.
      void client.invalidateQueries({ queryKey: ["people", "one"] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (decimal.test(read)) save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t("coreHours.setTitle", { name })} closeButtonProps={closeLabel(t)}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <p className="quiet">{t("coreHours.setText")}</p>
          <TextInput
            label={t("coreHours.hours")}
            inputMode="decimal"
            value={allowed}
            error={wrong ? t("coreHours.wrong") : undefined}
            onChange={(event) => setAllowed(event.currentTarget.value)}
            data-autofocus
          />
          <NativeSelect
            label={t("coreHours.period")}
            value={period}
            onChange={(event) => setPeriod(event.currentTarget.value === "total" ? "total" : "month")}
            data={[
              { value: "month", label: t("coreHours.eachMonth") },
              { value: "total", label: t("coreHours.inAll") },
            ]}
          />
          {save.isError && <ReasonCard error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" disabled={read === "" || wrong} loading={save.isPending}>
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
