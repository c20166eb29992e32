import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionTypesQuery } from "../../api/sessions.ts";
import { workspacesQuery } from "../../api/workspaces.ts";
import { IconSearch } from "../../pieces/icons.ts";
import { useJobTypes } from "../../pieces/job-types.ts";
import type { HistorySearch } from "../../router.tsx";
import classes from "./history.module.css";

interface HistoryFiltersProps {
  readonly search: HistorySearch;
  onChange(next: HistorySearch): void;
}

/** By what it came to, which program, which workspace, and what one remembers of it. */
export function HistoryFilters({ search, onChange }: HistoryFiltersProps) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  const { data: types } = useQuery(sessionTypesQuery);
  const { data: workspaces } = useQuery(workspacesQuery);
  const set = (name: keyof HistorySearch, value: HistorySearch[keyof HistorySearch]) => {
    const { [name]: _, ...others } = search;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <search className={classes.filters} aria-label={t("sessions.filters")}>
      <Find text={search.find ?? ""} onFind={(text) => set("find", text === "" ? undefined : text)} />
      <NativeSelect
        aria-label={t("sessions.state")}
        value={search.state ?? ""}
        onChange={({ currentTarget: { value } }) =>
          set("state", value === "complete" || value === "failed" ? value : undefined)
        }
        data={[
          { value: "", label: t("sessions.anyState") },
          { value: "complete", label: t("states.complete") },
          { value: "failed", label: t("states.failed") },
        ]}
      />
      <NativeSelect
        aria-label={t("sessions.program")}
        value={search.program ?? ""}
        onChange={({ currentTarget: { value } }) => set("program", value === "" ? undefined : value)}
        data={withChosen(
          [
            { value: "", label: t("sessions.anyProgram") },
            ...(types ?? []).map(({ id }) => ({ value: id, label: nameOf(id) })),
          ],
          search.program,
        )}
      />
      <NativeSelect
        aria-label={t("sessions.workspace")}
        value={String(search.workspace ?? "")}
        onChange={({ currentTarget: { value } }) => set("workspace", value === "" ? undefined : Number(value))}
        data={withChosen(
          [
            { value: "", label: t("sessions.anyWorkspace") },
            ...(workspaces ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
          ],
          search.workspace,
        )}
      />
    </search>
  );
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What the address asks for is among the choices, though it may be gone (a workspace in the trash). */
function withChosen(choices: Choice[], chosen: string | number | undefined): Choice[] {
  const value = String(chosen ?? "");
  return choices.some((one) => one.value === value) ? choices : [...choices, { value, label: value }];
}

/** Milliseconds after the last key. */
const settlesAfterMs = 300;

function Find({ text, onFind }: { text: string; onFind: (text: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(text);
  // The address changed by itself: by going back, or to all.
  const [known, setKnown] = useState(text);
  if (known !== text) {
    setKnown(text);
    if (typed.trim() !== text) setTyped(text);
  }
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => onFind(typed.trim()), settlesAfterMs);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      type="search"
      className={classes.find ?? ""}
      aria-label={t("sessions.find")}
      placeholder={t("sessions.find")}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      maxLength={200}
      value={typed}
      onChange={({ currentTarget: { value } }) => setTyped(value)}
    />
  );
}
