import { Button, Group, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { askForDeletion } from "../api/deletion.ts";
import type { Me } from "../api/types.ts";
import { CodeField, plainDigits } from "../auth/code-field.tsx";
import { formValues } from "../auth/form-values.ts";
import { PasswordField } from "../auth/password-field.tsx";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./account.module.css";

/** The password, and a code where there is a second factor: nobody else shall ask for it at an open window. */
export function AskForDeletion({ account, onClose }: { account: Me; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: (proof: { current_password: string; code: string }) =>
      askForDeletion(proof.current_password, plainDigits(proof.code)),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("deletion.askTitle")} closeButtonProps={closeLabel(t)}>
      <form className={classes.form} onSubmit={(event) => ask.mutate(formValues(event, ["current_password", "code"]))}>
        <p>{t("deletion.askText")}</p>
        <PasswordField name="current_password" label={t("auth.currentPassword")} autoFocus />
        {account.second_factor && <CodeField />}
        {ask.isError && <ReasonCard error={ask.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" color="bad" loading={ask.isPending}>
            {t("deletion.ask")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
