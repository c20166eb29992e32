import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fromPersianDay, toPersianDay } from "../locales/persian-day.ts";
import { useLocale } from "../locales/use-locale.tsx";

interface DayFieldProps {
  readonly label: string;
  /** `YYYY-MM-DD`, as addresses and forms have it whatever the calendar; "": none. */
  readonly value: string;
  onChange(day: string): void;
}

/** A day in the reader's calendar: the browser's own field for the Gregorian one, typed figures for the Persian one. */
export function DayField(props: DayFieldProps) {
  const { format } = useLocale();
  if (format.calendar === "persian") return <PersianDay {...props} />;
  const { label, value, onChange } = props;
  return (
    <TextInput type="date" label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

function PersianDay({ label, value, onChange }: DayFieldProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { digits } = format;
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? digits(toPersianDay(value));
  const wrong = typed !== null && typed.trim() !== "" && fromPersianDay(typed) === null;
  return (
    <TextInput
      label={label}
      dir="ltr"
      inputMode="numeric"
      autoComplete="off"
      maxLength={10}
      placeholder={digits(toPersianDay(new Date().toISOString().slice(0, 10)))}
      value={shown}
      error={wrong && t("dayField.wrong")}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        const day = next.trim() === "" ? "" : fromPersianDay(next);
        if (day !== null) onChange(day);
      }}
      onBlur={() => wrong || setTyped(null)}
      title={value === "" ? undefined : format.date(`${value}T12:00:00`)}
    />
  );
}
