import { Button, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { FilterText } from "../pieces/filter-text.tsx";
import { Filters } from "../pieces/filters.tsx";
import { useDayWords } from "./use-day-words.ts";

/** As the address says. */
export interface RunSearch {
  readonly query?: string;
  readonly status?: string;
  readonly day?: string;
}

interface RunFiltersProps {
  readonly search: RunSearch;
  onChange(next: RunSearch): void;
}

/** By what one remembers of the code, how it ended, and the day chosen on the map. */
export function RunFilters({ search, onChange }: RunFiltersProps) {
  const { t } = useTranslation();
  const { dayWords } = useDayWords();
  const set = (name: keyof RunSearch, value: string) => {
    const { [name]: _, ...others } = search;
    onChange(value === "" ? others : { ...others, [name]: value });
  };
  return (
    <Filters label={t("runs.filters")} set={Object.keys(search).length}>
      <FilterText
        className="wide"
        label={t("runs.find")}
        placeholder={t("runs.findRule")}
        value={search.query ?? ""}
        onChange={(query) => set("query", query)}
      />
      <NativeSelect
        label={t("runs.result")}
        value={search.status ?? ""}
        onChange={(event) => set("status", event.currentTarget.value)}
        data={[
          { value: "", label: t("runs.anyResult") },
          { value: "success", label: t("runs.success") },
          { value: "error", label: t("runs.error") },
        ]}
      />
      {search.day && (
        <Button variant="default" onClick={() => set("day", "")}>
          {t("runs.onDay", { day: dayWords(search.day) })} · {t("runs.anyDay")}
        </Button>
      )}
    </Filters>
  );
}
