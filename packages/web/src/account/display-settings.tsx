import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useChooseLanguage } from "../frame/language-switch.tsx";
import { calendars, locales } from "../locales/locale.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import classes from "./account.module.css";

const calendarWords = { auto: "calendarAuto", gregory: "calendarGregorian", persian: "calendarPersian" } as const;

/** Language goes with the account, the calendar with this browser. */
export function DisplaySettings() {
  const { t } = useTranslation();
  const { locale, calendar, setCalendar, format } = useLocale();
  const choose = useChooseLanguage();
  const now = useNow();
  return (
    <div className={classes.form}>
      <NativeSelect
        label={t("language.label")}
        value={locale}
        onChange={(event) => {
          const next = locales.find((one) => one === event.currentTarget.value);
          if (next) void choose(next);
        }}
        data={locales.map((value) => ({ value, label: t(`language.${value}`) }))}
      />
      <NativeSelect
        label={t("account.calendar")}
        description={t("account.example", { example: format.dateTime(new Date(now)) })}
        value={calendar}
        onChange={(event) => setCalendar(calendars.find((one) => one === event.currentTarget.value) ?? "auto")}
        data={calendars.map((value) => ({ value, label: t(`account.${calendarWords[value]}`) }))}
      />
    </div>
  );
}
