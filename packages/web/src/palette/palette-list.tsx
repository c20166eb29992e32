import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Entry, EntryGroup } from "./entry.ts";
import classes from "./palette.module.css";

interface PaletteListProps {
  readonly id: string;
  readonly label: string;
  /** Those of a group stand together. */
  readonly entries: readonly Entry[];
  /** Which one Enter takes. */
  readonly chosen: number;
  onPoint(at: number): void;
  onTake(entry: Entry): void;
}

export const entryId = (listId: string, at: number): string => `${listId}-${at}`;

/** What can be chosen, under a heading for each kind. The focus stays in the field; this one is pointed at. */
export function PaletteList({ id, label, entries, chosen, onPoint, onTake }: PaletteListProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    if (chosen === 0) list.current?.scrollTo({ top: 0 });
  }, [chosen]);
  const groups = [...new Set(entries.map(({ group }) => group))];
  return (
    <div ref={list} id={id} role="listbox" aria-label={label} tabIndex={-1} className={classes.list}>
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options is no group of fields
        <div key={group} role="group" aria-label={t(`palette.${groupWord(group)}`)}>
          <div className={classes.heading} aria-hidden="true">
            {t(`palette.${groupWord(group)}`)}
          </div>
          {entries.map((entry, at) =>
            entry.group === group ? (
              <Option
                key={entry.id}
                id={entryId(id, at)}
                entry={entry}
                chosen={at === chosen}
                onPoint={() => onPoint(at)}
                onTake={() => onTake(entry)}
              />
            ) : null,
          )}
        </div>
      ))}
    </div>
  );
}

const groupWord = (group: EntryGroup): string => `group_${group}`;

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly chosen: boolean;
  onPoint(): void;
  onTake(): void;
}

function Option({ id, entry, chosen, onPoint, onTake }: OptionProps) {
  const Icon = entry.icon;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, where the focus is
    // biome-ignore lint/a11y/useFocusableInteractive: pointed at by aria-activedescendant, never focused
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      className={classes.entry}
      onPointerMove={onPoint}
      // The focus stays in the field.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onTake}
    >
      <Icon size={20} stroke={1.75} aria-hidden="true" />
      <span className={classes.name} title={entry.name}>
        <bdi>{entry.name}</bdi>
      </span>
      {entry.under && (
        <span className={classes.under} title={entry.under}>
          <bdi>{entry.under}</bdi>
        </span>
      )}
    </div>
  );
}
