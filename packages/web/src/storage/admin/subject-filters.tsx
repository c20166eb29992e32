import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SUBJECT_FILTERS, SUBJECT_SORTS, type SubjectsLook } from "../../api/storage.ts";
import { FilterText } from "../../pieces/filter-text.tsx";
import { Filters } from "../../pieces/filters.tsx";
import type { LookChange } from "./use-subjects-look.ts";

/** Searched as one types, whose, which, in which order; all of it in the address. */
export function SubjectFilters({ look, onLook }: { look: SubjectsLook; onLook(change: LookChange): void }) {
  const { t } = useTranslation();
  const set = [look.search, look.kind, look.only].filter((one) => one !== undefined).length;
  const common = { clearable: true, comboboxProps: { withinPortal: true } } as const;
  return (
    <Filters label={t("adminStorage.filters")} set={set}>
      <FilterText
        className="wide"
        label={t("adminStorage.search")}
        value={look.search ?? ""}
        onChange={(search) => onLook({ search })}
      />
      <Select
        {...common}
        label={t("adminStorage.whose")}
        placeholder={t("adminStorage.whoseAll")}
        data={(["user", "group"] as const).map((kind) => ({ value: kind, label: t(`adminStorage.kind_${kind}`) }))}
        value={look.kind ?? null}
        onChange={(kind) => onLook({ kind: kind ?? undefined })}
        clearButtonProps={{ "aria-label": t("adminStorage.whoseAll") }}
      />
      <Select
        {...common}
        label={t("adminStorage.which")}
        placeholder={t("adminStorage.whichAll")}
        data={SUBJECT_FILTERS.map((only) => ({ value: only, label: t(`adminStorage.only_${only}`) }))}
        value={look.only ?? null}
        onChange={(only) => onLook({ only: only ?? undefined })}
        clearButtonProps={{ "aria-label": t("adminStorage.whichAll") }}
      />
      <Select
        {...common}
        clearable={false}
        allowDeselect={false}
        label={t("adminStorage.order")}
        data={SUBJECT_SORTS.map((sort) => ({ value: sort, label: t(`adminStorage.sort_${sort}`) }))}
        value={look.sort}
        onChange={(sort) => onLook({ sort: sort ?? undefined })}
      />
    </Filters>
  );
}
