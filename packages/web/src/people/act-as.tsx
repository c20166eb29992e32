import { Select } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { actAs } from "../api/acting.ts";
import type { Person } from "../api/types.ts";
import { ReasonAndProof } from "../auth/reason-and-proof.tsx";
import { useLocale } from "../locales/use-locale.tsx";

const lengths = [5, 15, 30, 60] as const;

/** Why, how long, and the own password once more; then the portal begins anew as the person. */
export function ActAs({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [minutes, setMinutes] = useState("15");
  const begin = useMutation({
    mutationFn: (wanted: Parameters<typeof actAs>[1]) => actAs(person.id, wanted),
    onSuccess: () => window.location.assign(import.meta.env.BASE_URL),
  });
  const name = person.full_name || person.username;
  return (
    <ReasonAndProof
      title={t("acting.askTitle", { name })}
      text={t("acting.askText", { name })}
      verb={t("acting.begin")}
      pending={begin.isPending || begin.isSuccess}
      error={begin.error}
      onGiven={(proof) => begin.mutate({ ...proof, minutes: Number(minutes) })}
      onClose={onClose}
    >
      <Select
        mt="sm"
        label={t("acting.howLong")}
        data={lengths.map((one) => ({
          value: String(one),
          label: t("acting.minutes", { count: one, n: format.number(one) }),
        }))}
        value={minutes}
        onChange={(value) => setMinutes(value ?? "15")}
        allowDeselect={false}
        comboboxProps={{ withinPortal: true }}
      />
    </ReasonAndProof>
  );
}
