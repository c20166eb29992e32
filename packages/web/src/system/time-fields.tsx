import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocale } from "../locales/use-locale.tsx";
import { fromField, toField, toPersianField, zoneName } from "./local-time.ts";
import classes from "./system.module.css";

interface TimeFieldsProps {
  /** ISO, or what was typed before; empty: now, and until somebody ends it. */
  readonly from: string;
  readonly until: string;
  /** Which of them is asked for: both, both with the first needed, or the second alone. */
  readonly asks?: "both" | "from" | "until";
}

/** From when until when, in the browser's time zone and the reader's calendar. Named `starts_at` and `ends_at`. */
export function TimeFields({ from, until, asks = "both" }: TimeFieldsProps) {
  const { t } = useTranslation();
  const { locale } = useLocale();
  return (
    <div>
      <div className={classes.pair}>
        {asks !== "until" && (
          <TimeField
            name="starts_at"
            label={t("system.startsAt")}
            description={asks === "both" ? t("system.startsAtHint") : t("system.startsAtNeeded")}
            first={from}
          />
        )}
        <TimeField name="ends_at" label={t("system.endsAt")} description={t("system.endsAtHint")} first={until} />
      </div>
      <p className="quiet small">{t("system.timeZone", { zone: zoneName(locale) })}</p>
    </div>
  );
}

interface TimeFieldProps {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly first: string;
}

/** The browser's own field knows the Gregorian calendar alone: in the Persian one it is typed. */
function TimeField({ first, ...shared }: TimeFieldProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const value = first.endsWith("Z") ? toField(first) : first;
  if (format.calendar === "gregory") return <TextInput {...shared} type="datetime-local" defaultValue={value} />;
  const check = (field: HTMLInputElement) => {
    const isTime = field.value.trim() === "" || fromField(field.value) !== null;
    field.setCustomValidity(isTime ? "" : t("dayField.wrongTime"));
  };
  return (
    <TextInput
      {...shared}
      dir="ltr"
      autoComplete="off"
      maxLength={16}
      placeholder={format.digits(toPersianField(toField(new Date())))}
      defaultValue={format.digits(toPersianField(value))}
      onChange={(event) => check(event.currentTarget)}
    />
  );
}
