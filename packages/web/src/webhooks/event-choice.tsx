import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { EventKind } from "../api/webhooks.ts";
import { useEventWords } from "./event-words.ts";
import classes from "./webhooks.module.css";

interface EventChoiceProps {
  readonly kinds: readonly EventKind[];
  /** Types and groups. */
  readonly chosen: ReadonlySet<string>;
  readonly problem: string | null;
  onChange(chosen: ReadonlySet<string>): void;
}

/** What it is told of, by group: a whole group, or some of it. */
export function EventChoice({ kinds, chosen, problem, onChange }: EventChoiceProps) {
  const { t } = useTranslation();
  const words = useEventWords();
  const groups = Map.groupBy(
    kinds.filter(({ group }) => group !== null),
    ({ group }) => group ?? "",
  );
  const set = (type: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(type);
    else next.delete(type);
    onChange(next);
  };
  return (
    <fieldset className={classes.events} {...(problem === null ? {} : { "aria-describedby": "events-needed" })}>
      <legend>{t("webhooks.events")}</legend>
      {problem !== null && (
        <p role="alert" id="events-needed" className={classes.wrong}>
          {problem}
        </p>
      )}
      {[...groups].map(([group, ones]) => (
        <div key={group} className={classes.eventGroup}>
          <Checkbox
            name="types"
            value={group}
            label={<strong>{t("webhooks.whole", { group: words.group(group) })}</strong>}
            checked={chosen.has(group)}
            onChange={(event) => set(group, event.currentTarget.checked)}
          />
          <div className={classes.eventTypes}>
            {ones.map(({ type }) => (
              <Checkbox
                key={type}
                name="types"
                value={type}
                label={words.of(type)}
                checked={chosen.has(group) || chosen.has(type)}
                disabled={chosen.has(group)}
                onChange={(event) => set(type, event.currentTarget.checked)}
              />
            ))}
          </div>
        </div>
      ))}
    </fieldset>
  );
}
