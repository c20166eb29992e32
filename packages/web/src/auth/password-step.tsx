import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
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
  const isWrong = enter.isError && asApiError(enter.error).details.reason === "wrong_password";
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
      <PasswordField
        name="password"
        label={t("auth.password")}
        autoFocus={props.username !== ""}
        error={isWrong ? t("auth.wrongPassword") : null}
      />
      {enter.isError && !isWrong && <ReasonCard error={enter.error} />}
      <Button type="submit" size="md" loading={enter.isPending}>
        {t("auth.signIn")}
      </Button>
    </form>
  );
}
