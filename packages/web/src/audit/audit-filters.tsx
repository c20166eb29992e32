import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { auditActionsQuery } from "../api/audit.ts";
import { DayField } from "../pieces/day-field.tsx";
import { FilterText } from "../pieces/filter-text.tsx";
import { Filters } from "../pieces/filters.tsx";
import { PersonFilter } from "../pieces/person-filter.tsx";
import type { AuditSearch } from "./audit-search.ts";

interface AuditFiltersProps {
  readonly search: AuditSearch;
  onChange(search: AuditSearch): void;
}

/** The names of all kinds of things in the catalogues. */
const things = "subjects";

/** Text, person, action, thing, and the days between. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const { t } = useTranslation();
  const actions = useQuery(auditActionsQuery);
  const set = (name: keyof AuditSearch, value: string) => {
    const { [name]: _, ...rest } = search;
    onChange(value === "" ? rest : { ...rest, [name]: value });
  };
  const day = (name: "from" | "to") => (
    <DayField
      label={t(`audit.${name === "from" ? "since" : "until"}`)}
      value={search[name] ?? ""}
      onChange={(chosen) => set(name, chosen)}
    />
  );
  const subjects = Object.entries(t(things, { returnObjects: true }) as Readonly<Record<string, string>>);
  return (
    <Filters label={t("audit.filters")} set={Object.keys(search).filter((name) => name !== "entry").length}>
      <FilterText label={t("audit.text")} value={search.text ?? ""} onChange={(text) => set("text", text)} />
      <PersonFilter label={t("audit.actor")} value={search.actor ?? ""} onChange={(actor) => set("actor", actor)} />
      <NativeSelect
        label={t("audit.action")}
        value={search.action ?? ""}
        onChange={(event) => set("action", event.currentTarget.value)}
        data={[
          { value: "", label: t("audit.anyAction") },
          ...withChosen(actions.data ?? [], search.action)
            .map((value) => ({ value, label: t(`actions.${value}`, { defaultValue: value }) }))
            .toSorted((a, b) => a.label.localeCompare(b.label)),
        ]}
      />
      <NativeSelect
        label={t("audit.thing")}
        value={search.thing ?? ""}
        onChange={(event) => set("thing", event.currentTarget.value)}
        data={[
          { value: "", label: t("audit.anyThing") },
          ...subjects
            .map(([value, label]) => ({ value, label }))
            .filter(
              ({ value, label }, at, all) =>
                value === search.thing || all.findIndex((one) => one.label === label) === at,
            )
            .toSorted((a, b) => a.label.localeCompare(b.label)),
        ]}
      />
      {search.thing !== undefined && (
        <FilterText
          dir="ltr"
          label={t("audit.thingId")}
          value={search.thing_id ?? ""}
          onChange={(id) => set("thing_id", id)}
        />
      )}
      {day("from")}
      {day("to")}
    </Filters>
  );
}

const withChosen = (all: readonly string[], chosen: string | undefined) =>
  chosen === undefined || all.includes(chosen) ? all : [...all, chosen];
