import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { trashSummaryQuery } from "../../api/trash.ts";
import rows from "../../pieces/rows.module.css";

interface TrashFilterProps {
  /** Null: all. */
  readonly workspace: number | null;
  onChange(workspace: number | null): void;
}

/** Which workspace's trash; nothing where there is but one. */
export function TrashFilter({ workspace, onChange }: TrashFilterProps) {
  const { t } = useTranslation();
  const { data } = useQuery(trashSummaryQuery);
  const places = data?.places ?? [];
  if (workspace === null && places.length < 2) return null;
  // What the address asks for is among the choices, though nothing of it may be left.
  const known = workspace === null || places.some(({ id }) => id === workspace);
  return (
    <search className={rows.filters} aria-label={t("trash.filter")}>
      <NativeSelect
        label={t("trash.ofWorkspace")}
        value={String(workspace ?? "")}
        onChange={({ currentTarget: { value } }) => onChange(value === "" ? null : Number(value))}
        data={[
          { value: "", label: t("trash.ofAll") },
          ...places.map(({ id, name, entries }) => ({
            value: String(id),
            label: t("trash.ofOne", { name, count: entries }),
          })),
          ...(known ? [] : [{ value: String(workspace), label: String(workspace) }]),
        ]}
      />
    </search>
  );
}
