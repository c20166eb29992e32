import { Button } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./filters.module.css";
import { IconChevronDown } from "./icons.ts";

interface FiltersProps {
  readonly label: string;
  /** How many are set: on a phone they are put away, and it says so. */
  readonly set: number;
  readonly children: ReactNode;
}

/** What narrows a list. On a phone it opens by a button: the list itself is what one came for. */
export function Filters({ label, set, children }: FiltersProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const id = useId();
  return (
    <search aria-label={label} className={classes.search}>
      <Button
        className={classes.door}
        variant="default"
        aria-expanded={opened}
        aria-controls={id}
        rightSection={<IconChevronDown size={16} aria-hidden="true" className={opened ? classes.turned : undefined} />}
        onClick={() => setOpened(!opened)}
      >
        {set === 0 ? t("filters.narrow") : t("filters.narrowed", { count: set })}
      </Button>
      <div id={id} className={classes.filters} data-opened={opened || undefined}>
        {children}
      </div>
    </search>
  );
}
