import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { peopleQuery } from "../api/people.ts";
import { FilterText } from "./filter-text.tsx";

interface PersonFilterProps {
  readonly label: string;
  /** A user name. */
  readonly value: string;
  onChange(username: string): void;
}

/** Whose: a user name, offered while one types. For administrators, who may look people up. */
export function PersonFilter({ label, value, onChange }: PersonFilterProps) {
  const { t } = useTranslation();
  const list = useId();
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const people = useInfiniteQuery({ ...peopleQuery(search), enabled: search.length > 0 });
  return (
    <>
      <FilterText
        label={label}
        placeholder={t("adminSessions.personHint")}
        list={list}
        value={value}
        onChange={onChange}
        onType={setTyped}
      />
      <datalist id={list}>
        {people.data?.pages[0]?.items.slice(0, 10).map((person) => (
          <option key={person.id} value={person.username}>
            {person.full_name}
          </option>
        ))}
      </datalist>
    </>
  );
}
