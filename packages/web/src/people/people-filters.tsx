import { Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { PEOPLE_STATES, type PeopleLook } from "../api/people.ts";
import { IconSearch } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import type { LookChange } from "./use-look.ts";

/** Milliseconds after the last letter: a list for each one would be read for nothing. */
const typingMs = 200;
const orders = ["created.desc", "created.asc", "name.asc", "name.desc", "seen.desc", "seen.asc"] as const;

/** Search as one types, which people, in which order; all of it in the address. */
export function PeopleFilters({ look, onLook }: { look: PeopleLook; onLook(change: LookChange): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(look.search ?? "");
  const wanted = text.trim();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text alone is waited for
  useEffect(() => {
    if (wanted === (look.search ?? "")) return;
    const timer = setTimeout(() => onLook({ search: wanted }), typingMs);
    return () => clearTimeout(timer);
  }, [wanted]);
  return (
    <div className={rows.filters}>
      <TextInput
        className="grow"
        type="search"
        label={t("people.searchLabel")}
        placeholder={t("people.searchHint")}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Select
        label={t("people.which")}
        placeholder={t("people.everybody")}
        data={PEOPLE_STATES.map((state) => ({ value: state, label: t(`people.state_${state}`) }))}
        value={look.state ?? null}
        onChange={(state) => onLook({ state: state ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": t("people.everybody") }}
        comboboxProps={{ withinPortal: true }}
      />
      <Select
        label={t("people.order")}
        data={orders.map((one) => ({ value: one, label: t(`people.order_${one.replace(".", "_")}`) }))}
        value={`${look.sort}.${look.order}`}
        onChange={(value) => {
          const [sort, order] = (value ?? "created.desc").split(".");
          onLook({ sort, order });
        }}
        allowDeselect={false}
        comboboxProps={{ withinPortal: true }}
      />
    </div>
  );
}
