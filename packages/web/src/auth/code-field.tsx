import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Six digits of an authenticator app, or a recovery code. Persian digits are digits too. */
export function CodeField({ label, autoFocus = false }: { label?: string; autoFocus?: boolean }) {
  const { t } = useTranslation();
  return (
    <TextInput
      name="code"
      label={label ?? t("auth.code")}
      required
      withAsterisk={false}
      autoFocus={autoFocus}
      maxLength={100}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      dir="ltr"
    />
  );
}

/** A code as it was typed on a Persian or Arabic keyboard, in the digits that the server reads. */
export const plainDigits = (text: string): string =>
  text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
