import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { changePassword } from "../api/passwords.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./auth.module.css";
import { formValues } from "./form-values.ts";
import { PasswordField } from "./password-field.tsx";

const fields = ["current_password", "new_password"] as const;

/** The old password and a new one. The session and its CSRF token are read anew afterwards. */
export function PasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ form: _, ...values }: Record<(typeof fields)[number], string> & { form: HTMLFormElement }) =>
      changePassword(values.current_password, values.new_password),
    onSuccess: async (_, { form }) => {
      form.reset();
      await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
      onDone();
    },
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => change.mutate({ ...formValues(event, fields), form: event.currentTarget })}
    >
      <PasswordField name="current_password" label={t("auth.currentPassword")} />
      <PasswordField name="new_password" label={t("auth.newPassword")} fresh />
      {change.isError && <ReasonCard error={change.error} />}
      <Button type="submit" loading={change.isPending}>
        {t("auth.setPassword")}
      </Button>
    </form>
  );
}
