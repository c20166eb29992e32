import { NativeSelect } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useChangeDisplay } from "../frame/change-display.ts";
import { useChooseLanguage } from "../frame/language-switch.tsx";
import { calendars, colorSchemes, digitSets, locales } from "../locales/locale.ts";
import { look } from "../locales/look.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import classes from "./account.module.css";

const calendarWords = { auto: "calendarAuto", gregory: "calendarGregorian", persian: "calendarPersian" } as const;
const digitWords = { auto: "digitsAuto", latin: "digitsLatin", persian: "digitsPersian" } as const;
const schemeWords = { auto: "schemeAuto", light: "schemeLight", dark: "schemeDark" } as const;

/** All of it goes with the account: every browser that one signs in with has it. Kept at once. */
export function DisplaySettings() {
  const { t } = useTranslation();
  const { locale, format } = useLocale();
  const { calendar, digits, scheme } = useSyncExternalStore(look.subscribe, look.get);
  const choose = useChooseLanguage();
  const change = useChangeDisplay();
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
        label={t("account.scheme")}
        value={scheme}
        onChange={(event) =>
          change({ color_scheme: colorSchemes.find((one) => one === event.currentTarget.value) ?? "auto" })
        }
        data={colorSchemes.map((value) => ({ value, label: t(`account.${schemeWords[value]}`) }))}
      />
      <NativeSelect
        label={t("account.calendar")}
        value={calendar}
        onChange={(event) => change({ calendar: calendars.find((one) => one === event.currentTarget.value) ?? "auto" })}
        data={calendars.map((value) => ({ value, label: t(`account.${calendarWords[value]}`) }))}
      />
      <NativeSelect
        label={t("account.digits")}
        description={t("account.example", { example: format.dateTime(new Date(now)) })}
        value={digits}
        onChange={(event) => change({ digits: digitSets.find((one) => one === event.currentTarget.value) ?? "auto" })}
        data={digitSets.map((value) => ({ value, label: t(`account.${digitWords[value]}`) }))}
      />
    </div>
  );
}
