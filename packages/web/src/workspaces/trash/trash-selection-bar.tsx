import { Button, CloseButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { TrashEntry } from "../../api/types.ts";
import { IconArrowBackUp, IconTrashX } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import files from "../files/files.module.css";
import { useRestore } from "./use-restore.tsx";

interface TrashSelectionBarProps {
  readonly chosen: readonly TrashEntry[];
  onErase(): void;
  /** Nothing is chosen any more. */
  onDone(): void;
}

/** What can be done with all that is chosen. */
export function TrashSelectionBar({ chosen, onErase, onDone }: TrashSelectionBarProps) {
  const { t } = useTranslation();
  const { restore, question } = useRestore(onDone);
  const common = { variant: "subtle", size: "compact-sm" } as const;
  return (
    <>
      <div className={files.selection} role="toolbar" aria-label={t("files.chosenActions")}>
        <CloseButton size="sm" aria-label={t("files.chooseNone")} onClick={onDone} />
        <strong role="status">{t("files.chosen", { count: chosen.length })}</strong>
        <span className={files.spread} />
        <Button
          {...common}
          leftSection={<IconArrowBackUp size={16} aria-hidden="true" />}
          loading={restore.isPending}
          onClick={() => restore.mutate(chosen)}
        >
          {t("trash.restoreShort")}
        </Button>
        <Button {...common} color="bad" leftSection={<IconTrashX size={16} aria-hidden="true" />} onClick={onErase}>
          {t("trash.eraseShort")}
        </Button>
      </div>
      {restore.isError && <ReasonCard error={restore.error} />}
      {question}
    </>
  );
}
