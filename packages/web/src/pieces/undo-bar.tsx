import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconArrowBackUp } from "./icons.ts";
import classes from "./undo.module.css";
import type { Offer } from "./undo.tsx";

interface UndoBarProps {
  readonly offer: Offer;
  /** Why it could not be undone. */
  readonly problem: string | null;
  readonly undoing: boolean;
  onUndo(): void;
}

/** What was done, and the way back. */
export function UndoBar({ offer, problem, undoing, onUndo }: UndoBarProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.bar}>
      {/* Our own sentence runs as the page does, whatever name it begins with; the server's in its own direction. */}
      <span className={classes.text} dir={problem === null ? undefined : "auto"}>
        {problem ?? offer.text}
      </span>
      {offer.link}
      <Button size="xs" variant="subtle" leftSection={<IconArrowBackUp size={16} />} loading={undoing} onClick={onUndo}>
        {t("undo.undo")}
      </Button>
    </div>
  );
}
