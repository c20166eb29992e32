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
      dir="auto"
    />
  );
  // A day as its first and last moment here, so that the chosen day itself is in.
  const day = (name: "since" | "until", clock: string) => (
    <TextInput
      type="date"
      label={t(`audit.${name}`)}
      onChange={(event) => {
        const at = event.currentTarget.valueAsDate
          ? new Date(`${event.currentTarget.value}T${clock}`).toISOString()
          : "";
        onChange({ ...filter, [name]: at });
      }}
    />
  );
  return (
    <div className={rows.filters}>
      {field("text")}
      {field("action", t("audit.actionHint"))}
      {field("actor")}
      {day("since", "00:00:00.000")}
      {day("until", "23:59:59.999")}
    </div>
  );
}
