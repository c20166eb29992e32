import { Button, Group, Modal, Select, Textarea } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { actAs } from "../api/acting.ts";
import { sessionQuery } from "../api/auth.ts";
import type { Person } from "../api/types.ts";
import { CodeField, plainDigits } from "../auth/code-field.tsx";
import { formValues } from "../auth/form-values.ts";
import { PasswordField } from "../auth/password-field.tsx";
import { useLocale } from "../locales/use-locale.tsx";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";

const lengths = [5, 15, 30, 60] as const;

/** Why, how long, and the own password once more; then the portal begins anew as the person. */
export function ActAs({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data: session } = useQuery(sessionQuery);
  const [minutes, setMinutes] = useState("15");
  const begin = useMutation({
    mutationFn: (wanted: Parameters<typeof actAs>[1]) => actAs(person.id, wanted),
    onSuccess: () => window.location.assign(import.meta.env.BASE_URL),
  });
  const name = person.full_name || person.username;
  return (
    <Modal opened onClose={onClose} title={t("acting.askTitle", { name })} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          const { reason, current_password, code } = formValues(event, ["reason", "current_password", "code"]);
          const proof = { current_password, ...(code ? { code: plainDigits(code) } : {}) };
          begin.mutate({ reason, minutes: Number(minutes), ...proof });
        }}
      >
        <p>{t("acting.askText", { name })}</p>
        <Textarea
          name="reason"
          label={t("acting.reason")}
          description={t("acting.reasonHint")}
          required
          minLength={3}
          maxLength={300}
          autosize
          minRows={2}
          data-autofocus
        />
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
        <PasswordField name="current_password" label={t("acting.ownPassword")} />
        {session?.account?.second_factor && <CodeField />}
        {begin.isError && <ReasonCard error={begin.error} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={begin.isPending || begin.isSuccess}>
            {t("acting.begin")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
