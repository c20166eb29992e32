import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { signIn } from "../api/auth.ts";
import type { WebSession } from "../api/types.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./auth.module.css";
import { formValues } from "./form-values.ts";
import { PasswordField } from "./password-field.tsx";

interface PasswordStepProps {
  /** Known already: then only the password is missing. */
  readonly username: string;
  onEnter(session: WebSession): Promise<void>;
  onCode(): void;
}

/** Who one is, and the password. */
export function PasswordStep(props: PasswordStepProps) {
  const { t } = useTranslation();
  const enter = useMutation({
    mutationFn: (values: { username: string; password: string }) => signIn(values.username, values.password),
    onSuccess: (session) => (session === null ? props.onCode() : props.onEnter(session)),
  });
  return (
    <form className={classes.form} onSubmit={(event) => enter.mutate(formValues(event, ["username", "password"]))}>
      <TextInput
        name="username"
        label={t("auth.usernameOrEmail")}
        required
        withAsterisk={false}
        defaultValue={props.username}
        autoFocus={props.username === ""}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <PasswordField name="password" label={t("auth.password")} autoFocus={props.username !== ""} />
      {enter.isError && <ReasonCard error={enter.error} />}
      <Button type="submit" size="md" loading={enter.isPending}>
        {t("auth.signIn")}
      </Button>
    </form>
  );
}
