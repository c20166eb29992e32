import { Button, CloseButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LargeThing } from "../../api/storage-rescue.ts";
import { IconTrashX } from "../../pieces/icons.ts";
import { useSize } from "../use-size.ts";
import { sumOf } from "./large-things.ts";
import classes from "./largest.module.css";

interface ChosenBarProps {
  readonly chosen: readonly LargeThing[];
  readonly busy: boolean;
  onErase(): void;
  onNone(): void;
}

/** How many are chosen, and what comes free with them; stays in view while one goes on choosing. */
export function ChosenBar({ chosen, busy, onErase, onNone }: ChosenBarProps) {
  const { t } = useTranslation();
  const size = useSize();
  if (chosen.length === 0) return null;
  return (
    <div className={classes.chosen} role="toolbar" aria-label={t("files.chosenActions")}>
      <CloseButton size="sm" aria-label={t("files.chooseNone")} onClick={onNone} />
      <strong role="status">{t("storage.chosenSum", { count: chosen.length, size: size(sumOf(chosen)) })}</strong>
      <span className={classes.spread} />
      <Button
        size="compact-sm"
        variant="subtle"
        color="bad"
        disabled={busy}
        leftSection={<IconTrashX size={16} aria-hidden="true" />}
        onClick={onErase}
      >
        {t("trash.eraseShort")}
      </Button>
    </div>
  );
}
