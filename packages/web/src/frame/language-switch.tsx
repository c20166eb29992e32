import { UnstyledButton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { updateAccount } from "../api/account.ts";
import { sessionQuery } from "../api/auth.ts";
import { type Locale, locales } from "../locales/locale.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconLanguage } from "../pieces/icons.ts";
import classes from "./frame.module.css";

/** Names the other language in its own words. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const choose = useChooseLanguage();
  const other: Locale = locales.find((one) => one !== locale) ?? "en";
  return (
    <UnstyledButton
      className={classes.switch}
      lang={other}
      aria-label={t("language.switch")}
      onClick={() => void choose(other)}
    >
      <IconLanguage size={18} aria-hidden="true" />
      <span className={classes.language}>{t("language.switch")}</span>
    </UnstyledButton>
  );
}

/** Changes the language here, and keeps it with the account of whoever is signed in. */
export function useChooseLanguage(): (locale: Locale) => Promise<void> {
  const client = useQueryClient();
  const { setLocale } = useLocale();
  return async (locale) => {
    const session = client.getQueryData(sessionQuery.queryKey);
    await setLocale(locale, !session?.acting);
    if (!session?.account || session.must_change_password) return;
    client.setQueryData(sessionQuery.queryKey, { ...session, account: { ...session.account, locale } });
    // What the server tells in words (reasons, history) is read anew in the new language.
    await updateAccount({ locale }).catch(() => {});
    await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
  };
}
