import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AuditFilter } from "../api/audit.ts";
import rows from "../pieces/rows.module.css";

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  onChange(filter: AuditFilter): void;
}

/** Text, action, person, and the days between. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const { t } = useTranslation();
  const field = (name: "text" | "action" | "actor", placeholder?: string) => (
    <TextInput
      className="grow"
      label={t(`audit.${name}`)}
      placeholder={placeholder}
      value={filter[name] ?? ""}
      onChange={(event) => onChange({ ...filter, [name]: event.currentTarget.value })}
    />
  );
  // Days are the reader's; `until` is exclusive, so that the chosen day itself is in.
  const day = (name: "since" | "until", plusDays: number) => (
    <TextInput
      type="date"
      label={t(`audit.${name}`)}
      onChange={(event) => {
        onChange({ ...filter, [name]: startOfDay(event.currentTarget.value, plusDays) });
      }}
    />
  );
  return (
    <div className={rows.filters}>
      {field("text")}
      {field("action", t("audit.actionHint"))}
      {field("actor")}
      {day("since", 0)}
      {day("until", 1)}
    </div>
  );
}

/** The first moment of a day `YYYY-MM-DD` here, or of one later, as ISO 8601; "" for none. */
function startOfDay(day: string, plusDays: number): string {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return "";
  return new Date(year, month - 1, date + plusDays).toISOString();
}
