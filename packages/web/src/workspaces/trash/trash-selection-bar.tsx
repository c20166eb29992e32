import { Button, CloseButton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { restoreFromTrash } from "../../api/trash.ts";
import type { TrashEntry } from "../../api/types.ts";
import { IconArrowBackUp, IconTrashX } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { eachOf } from "../files/each-of.ts";
import files from "../files/files.module.css";
import { useTrashRefresh } from "./use-trash-refresh.ts";

interface TrashSelectionBarProps {
  readonly chosen: readonly TrashEntry[];
  onErase(): void;
  /** Nothing is chosen any more. */
  onDone(): void;
}

/** What can be done with all that is chosen. */
export function TrashSelectionBar({ chosen, onErase, onDone }: TrashSelectionBarProps) {
  const { t } = useTranslation();
  const refresh = useTrashRefresh();
  const restore = useMutation({
    // Workspaces first: what was deleted out of one needs it back.
    mutationFn: () => eachOf(workspacesFirst(chosen), ({ id }) => restoreFromTrash(id)),
    onSuccess: onDone,
    onSettled: refresh,
  });
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
          onClick={() => restore.mutate()}
        >
          {t("trash.restoreShort")}
        </Button>
        <Button {...common} color="bad" leftSection={<IconTrashX size={16} aria-hidden="true" />} onClick={onErase}>
          {t("trash.eraseShort")}
        </Button>
      </div>
      {restore.isError && <ReasonCard error={restore.error} />}
    </>
  );
}

const workspacesFirst = (entries: readonly TrashEntry[]) =>
  [...entries].sort((a, b) => Number(b.kind === "workspace") - Number(a.kind === "workspace"));
