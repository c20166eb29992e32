import { DirectionProvider, useDirection } from "@mantine/core";
import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { type Format, makeFormat } from "./format.ts";
import { changeLanguage } from "./i18n.ts";
import { directionOf, type Locale } from "./locale.ts";
import { look } from "./look.ts";

interface LocaleChoice {
  readonly locale: Locale;
  readonly format: Format;
  /** @param kept as of `changeLanguage` */
  setLocale(locale: Locale, kept?: boolean): Promise<void>;
}

const LocaleContext = createContext<LocaleChoice | null>(null);

export function LocaleProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const locale: Locale = i18n.language === "fa" ? "fa" : "en";
  return (
    <DirectionProvider initialDirection={directionOf(locale)} detectDirection={false}>
      <Choice locale={locale}>{children}</Choice>
    </DirectionProvider>
  );
}

function Choice({ locale, children }: { locale: Locale; children: ReactNode }) {
  const { calendar, digits } = useSyncExternalStore(look.subscribe, look.get);
  const { setDirection } = useDirection();
  useEffect(() => setDirection(directionOf(locale)), [locale, setDirection]);
  const value = useMemo<LocaleChoice>(
    () => ({
      locale,
      format: makeFormat(locale, calendar, digits),
      setLocale: changeLanguage,
    }),
    [locale, calendar, digits],
  );
  return <LocaleContext value={value}>{children}</LocaleContext>;
}

export function useLocale(): LocaleChoice {
  const choice = use(LocaleContext);
  if (!choice) throw new Error("useLocale stands outside LocaleProvider");
  return choice;
}
