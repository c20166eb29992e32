import { Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { groupsQuery } from "../../api/groups.ts";
import { peopleQuery } from "../../api/people.ts";
import type { SubjectKind } from "../../api/storage.ts";

export interface Owner {
  readonly id: number;
  /** As it could be called on disk. */
  readonly name: string;
}

interface OwnerSelectProps {
  readonly kind: SubjectKind;
  readonly label: string;
  readonly value: Owner | null;
  onOwner(owner: Owner | null): void;
}

/** Whose it is: a person or a group, found as one types. */
export function OwnerSelect({ kind, label, value, onOwner }: OwnerSelectProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const people = useInfiniteQuery({ ...peopleQuery(search), enabled: kind === "user" });
  const groups = useInfiniteQuery({ ...groupsQuery("all", search), enabled: kind === "group" });
  const found =
    kind === "user"
      ? people.data?.pages
          .flatMap((page) => page.items)
          .map(({ id, username, full_name }) => ({
            id,
            name: username,
            label: `${full_name || username} (${username})`,
          }))
      : groups.data?.pages
          .flatMap((page) => page.items)
          .filter((one) => !one.built_in)
          .map(({ id, name }) => ({ id, name, label: name }));
  const all = found ?? [];
  const kept = value !== null && !all.some(({ id }) => id === value.id) ? [{ ...value, label: value.name }] : [];
  const options = [...kept, ...all];
  return (
    <Select
      label={label}
      data={options.map((one) => ({ value: String(one.id), label: one.label }))}
      value={value === null ? null : String(value.id)}
      onChange={(chosen) => onOwner(options.find(({ id }) => String(id) === chosen) ?? null)}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("common.none") }}
      onSearchChange={setSearch}
      nothingFoundMessage={t(kind === "user" ? "people.empty" : "people.noGroup")}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
