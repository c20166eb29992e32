import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { toField } from "./local-time.ts";
import classes from "./system.module.css";

interface TimeFieldsProps {
  /** ISO, or what was typed before; empty: now, and until somebody ends it. */
  readonly from: string;
  readonly until: string;
}

/** From when until when, in the browser's time zone. Named `starts_at` and `ends_at`. */
export function TimeFields({ from, until }: TimeFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.pair}>
      <TextInput
        name="starts_at"
        type="datetime-local"
        label={t("system.startsAt")}
        description={t("system.startsAtHint")}
        defaultValue={asField(from)}
      />
      <TextInput
        name="ends_at"
        type="datetime-local"
        label={t("system.endsAt")}
        description={t("system.endsAtHint")}
        defaultValue={asField(until)}
      />
    </div>
  );
}

const asField = (value: string): string => (value.endsWith("Z") ? toField(value) : value);
