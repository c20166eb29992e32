import { PasswordInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface PasswordFieldProps {
  readonly name: string;
  readonly label: string;
  readonly fresh?: boolean;
  readonly autoFocus?: boolean;
  /** What is wrong with it; a string. */
  readonly error?: string | null;
}

/** A password; `fresh` is one being chosen: it tells the rule, and password managers offer a new one. */
export function PasswordField({ name, label, fresh = false, autoFocus = false, error = null }: PasswordFieldProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      name={name}
      label={label}
      required
      withAsterisk={false}
      autoFocus={autoFocus}
      error={error === null ? undefined : <span role="alert">{error}</span>}
      minLength={fresh ? 8 : undefined}
      autoComplete={fresh ? "new-password" : "current-password"}
      description={fresh ? t("auth.passwordRule") : undefined}
      visibilityToggleButtonProps={{ "aria-label": t("auth.show"), tabIndex: 0 }}
    />
  );
}
