import { UnstyledButton } from "@mantine/core";
import { type FocusEvent, type KeyboardEvent, lazy, type ReactNode, Suspense, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./hint.module.css";
import { IconHelp } from "./icons.ts";

const HintBubble = lazy(() => import("./hint-bubble.tsx").then((module) => ({ default: module.HintBubble })));

interface HintProps {
  /** What it is about: "Core hours". */
  readonly about: string;
  /** Two sentences at most. */
  readonly children: ReactNode;
}

/** A small mark beside a word that is not obvious: a click tells what it means. Gone by Escape, or by going on. */
export function Hint({ about, children }: HintProps) {
  const { t } = useTranslation();
  const id = useId();
  const box = useRef<HTMLSpanElement>(null);
  const [opened, setOpened] = useState(false);
  const onBlur = (event: FocusEvent) => {
    if (!box.current?.contains(event.relatedTarget)) setOpened(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !opened) return;
    // The dialog that it may stand in stays.
    event.stopPropagation();
    setOpened(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it watches what its button does, and is none itself
    <span ref={box} className={classes.hint} onBlur={onBlur} onKeyDown={onKeyDown}>
      <UnstyledButton
        className={classes.button}
        aria-label={t("help.whatIs", { about })}
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened(!opened)}
      >
        <IconHelp size={17} stroke={1.75} aria-hidden="true" />
      </UnstyledButton>
      <span id={id} role="status">
        {opened && (
          <Suspense>
            <HintBubble>{children}</HintBubble>
          </Suspense>
        )}
      </span>
    </span>
  );
}
