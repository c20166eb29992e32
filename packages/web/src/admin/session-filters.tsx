import { Checkbox, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionHostsQuery } from "../api/admin-sessions.ts";
import { sessionTypesQuery } from "../api/sessions.ts";
import { Filters } from "../pieces/filters.tsx";
import { useJobTypes } from "../pieces/job-types.ts";
import { PersonFilter } from "../pieces/person-filter.tsx";
import { SinceSelect } from "../pieces/since-select.tsx";

/** What the address says; left out: any. */
export interface SessionSearch {
  readonly person?: string;
  readonly state?: string;
  readonly program?: string;
  readonly host?: string;
  readonly since?: string;
  readonly hanging?: string;
}

interface SessionFiltersProps {
  readonly search: SessionSearch;
  onChange(search: SessionSearch): void;
}

const states = ["pending", "running", "stopping", "complete", "failed"] as const;

/** Whose, in which state, of which program, where, since when, and whether it hangs. */
export function SessionFilters({ search, onChange }: SessionFiltersProps) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  const types = useQuery(sessionTypesQuery);
  const hosts = useQuery(sessionHostsQuery);
  const set = (name: keyof SessionSearch, value: string) => {
    const { [name]: _, ...rest } = search;
    onChange(value === "" ? rest : { ...rest, [name]: value });
  };
  const select = (name: "state" | "program" | "host", options: readonly { value: string; label: string }[]) => (
    <NativeSelect
      label={t(`adminSessions.${name}`)}
      value={search[name] ?? ""}
      onChange={(event) => set(name, event.currentTarget.value)}
      data={[{ value: "", label: t("adminSessions.any") }, ...withChosen(options, search[name])]}
    />
  );
  const hostOf = ({ node, answers }: { node: string; answers: boolean }) => ({
    value: node,
    label: answers ? node : t("adminSessions.hostAway", { node }),
  });
  return (
    <Filters label={t("adminSessions.filters")} set={Object.keys(search).length}>
      <PersonFilter
        label={t("adminSessions.person")}
        value={search.person ?? ""}
        onChange={(person) => set("person", person)}
      />
      {select("state", [
        { value: "live", label: t("adminSessions.live") },
        { value: "ended", label: t("adminSessions.ended") },
        ...states.map((value) => ({ value, label: t(`states.${value}`) })),
      ])}
      {select(
        "program",
        (types.data ?? []).map(({ id }) => ({ value: id, label: nameOf(id) })),
      )}
      {select("host", (hosts.data?.items ?? []).map(hostOf))}
      <SinceSelect
        label={t("adminSessions.since")}
        value={search.since ?? ""}
        onChange={(since) => set("since", since)}
      />
      <Checkbox
        className="tick"
        label={t("adminSessions.hanging")}
        checked={search.hanging === "true"}
        onChange={(event) => set("hanging", event.currentTarget.checked ? "true" : "")}
      />
    </Filters>
  );
}

/** What the address asks for stays to be seen, also where nobody knows of it (a server that is gone). */
function withChosen(options: readonly { value: string; label: string }[], value: string | undefined) {
  if (value === undefined || options.some((one) => one.value === value)) return options;
  return [...options, { value, label: value }];
}
