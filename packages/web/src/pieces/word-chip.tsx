import type { Icon } from "./icons.ts";
import classes from "./state-chip.module.css";
import type { Tone } from "./states.ts";
import { When } from "./when.tsx";

export interface ChipLook {
  readonly tone: Tone;
  /** Left out: a spinner, because it will change by itself. */
  readonly icon?: Icon;
}

interface WordChipProps extends ChipLook {
  readonly word: string;
  readonly state: string;
  readonly since?: string | null;
}

/** A state whose word comes with its own pages: Home carries those of `states` only. */
export function WordChip({ tone, icon: Icon, word, state, since }: WordChipProps) {
  return (
    <span className={classes.chip} data-tone={tone} data-state={state}>
      {Icon ? <Icon size={16} stroke={2} aria-hidden="true" /> : <span className={classes.spinner} />}
      <span>{word}</span>
      {since && (
        <span className={classes.since}>
          <When at={since} />
        </span>
      )}
    </span>
  );
}
