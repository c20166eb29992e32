import { DirectionProvider, useDirection } from "@mantine/core";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Format, makeFormat } from "./format.ts";
import { changeLanguage } from "./i18n.ts";
import { type Calendar, directionOf, type Locale, storeCalendar, storedCalendar } from "./locale.ts";

interface LocaleChoice {
  readonly locale: Locale;
  readonly calendar: Calendar;
  readonly format: Format;
  setLocale(locale: Locale): Promise<void>;
  setCalendar(calendar: Calendar): void;
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
  const [calendar, setCalendarState] = useState(storedCalendar);
  const { setDirection } = useDirection();
  useEffect(() => setDirection(directionOf(locale)), [locale, setDirection]);
  const value = useMemo<LocaleChoice>(
    () => ({
      locale,
      calendar,
      format: makeFormat(locale, calendar),
      setLocale: changeLanguage,
      setCalendar(next) {
        storeCalendar(next);
        setCalendarState(next);
      },
    }),
    [locale, calendar],
  );
  return <LocaleContext value={value}>{children}</LocaleContext>;
}

export function useLocale(): LocaleChoice {
  const choice = use(LocaleContext);
  if (!choice) throw new Error("useLocale stands outside LocaleProvider");
  return choice;
}
