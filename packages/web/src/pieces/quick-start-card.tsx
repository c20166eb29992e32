import { UnstyledButton } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { SessionType } from "../api/types.ts";
import { IconButton } from "./icon-button.tsx";
import { IconChevronDown } from "./icons.ts";
import { useJobTypes } from "./job-types.ts";
import classes from "./quick-start.module.css";

interface StartCardProps {
  readonly type: SessionType;
  /** Why it can't be started now. */
  readonly refused: string | null;
  /** Said once for all, elsewhere. */
  readonly quiet: boolean;
  readonly starting: boolean;
  readonly busy: boolean;
  onStart(): void;
  onChoose(): void;
}

/** One job type: its picture, its name, what it is; or why it can't be started here. */
export function StartCard({ type, refused, quiet, starting, busy, onStart, onChoose }: StartCardProps) {
  const { t } = useTranslation();
  const id = useId();
  const { nameOf, aboutOf, iconOf } = useJobTypes();
  const name = nameOf(type.id);
  const TypeIcon = iconOf(type.id);
  const under = starting ? t("quickStart.starting") : ((quiet ? null : refused) ?? aboutOf(type.id));
  return (
    <div className={classes.pair} data-refused={refused !== null || undefined}>
      <TypeIcon size={30} stroke={1.5} aria-hidden="true" className={classes.picture} />
      <div className={classes.words}>
        <UnstyledButton
          className={classes.start}
          disabled={busy || refused !== null}
          aria-describedby={id}
          title={refused === null ? t("quickStart.start", { name }) : undefined}
          onClick={onStart}
        >
          {name}
        </UnstyledButton>
        <span id={id} dir="auto">
          {under}
        </span>
      </div>
      {refused === null && (
        <IconButton
          className={classes.more}
          aria-label={t("quickStart.options", { name })}
          title={t("quickStart.options", { name })}
          onClick={onChoose}
        >
          <IconChevronDown size={18} />
        </IconButton>
      )}
    </div>
  );
}
