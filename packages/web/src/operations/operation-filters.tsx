import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Filters } from "../pieces/filters.tsx";
import { kindOptions } from "./kinds.ts";

const states = ["queued", "running", "succeeded", "failed", "cancelled"] as const;

interface OperationFiltersProps {
  readonly label: string;
  /** How many filters are set. */
  readonly set: number;
  readonly state: string;
  readonly kind: string;
  /** Besides the states: failures that nobody has looked at. */
  readonly unseen?: boolean;
  onState(state: string): void;
  onKind(kind: string): void;
  readonly children?: ReactNode;
}

/** In which state, of which kind; and what else the page narrows by. */
export function OperationFilters({
  label,
  set,
  state,
  kind,
  unseen = false,
  onState,
  onKind,
  children,
}: OperationFiltersProps) {
  const { t } = useTranslation();
  return (
    <Filters label={label} set={set}>
      <NativeSelect
        label={t("operations.state")}
        value={state}
        onChange={(event) => onState(event.currentTarget.value)}
        data={[
          { value: "", label: t("operations.anyState") },
          ...(unseen ? [{ value: "unseen", label: t("operations.unseen") }] : []),
          ...states.map((value) => ({ value, label: t(`states.${value}`) })),
        ]}
      />
      <NativeSelect
        label={t("operations.kind")}
        value={kind}
        onChange={(event) => onKind(event.currentTarget.value)}
        data={[{ value: "", label: t("operations.anyKind") }, ...kindOptions(t, kind === "" ? undefined : kind)]}
      />
      {children}
    </Filters>
  );
}
