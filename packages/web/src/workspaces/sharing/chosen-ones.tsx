import { ActionIcon } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconX } from "../../pieces/icons.ts";
import type { Chosen } from "./chosen.ts";
import classes from "./sharing.module.css";

interface ChosenOnesProps {
  readonly chosen: readonly Chosen[];
  readonly label: string;
  onRemove(one: Chosen): void;
}

/** Who was chosen so far; each can be taken out again. */
export function ChosenOnes({ chosen, label, onRemove }: ChosenOnesProps) {
  const { t } = useTranslation();
  if (chosen.length === 0) return null;
  return (
    <ul className={classes.chosen} aria-label={label}>
      {chosen.map((one) => (
        <li key={`${one.kind}${one.id}`} className={classes.pill}>
          <bdi>{one.name}</bdi>
          <ActionIcon size="xs" aria-label={t("sharing.remove", { name: one.name })} onClick={() => onRemove(one)}>
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
