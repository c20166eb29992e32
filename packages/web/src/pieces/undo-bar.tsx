import { Button } from "@mantine/core";
import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../locales/error-text.ts";
import { IconArrowBackUp } from "./icons.ts";
import classes from "./undo.module.css";
import type { Offer } from "./undo.tsx";

interface UndoBarProps {
  readonly offer: Offer;
  readonly isBusy: boolean;
  onBusy(isBusy: boolean): void;
  onGone(): void;
}

const MS_SHOWN = 10_000;

/** What was done, and the way back: for ten seconds, longer while the pointer or the focus rests on it. */
export function UndoBar({ offer, isBusy, onBusy, onGone }: UndoBarProps) {
  const { t } = useTranslation();
  const tell = useErrorText();
  const [held, setHeld] = useState(false);
  /** Why it could not be undone. */
  const [problem, setProblem] = useState<string | null>(null);
  const end = useEffectEvent(onGone);
  useEffect(() => {
    if (held || isBusy) return;
    const timer = setTimeout(() => end(), MS_SHOWN);
    return () => clearTimeout(timer);
  }, [held, isBusy]);

  const undo = async () => {
    onBusy(true);
    try {
      await offer.undo();
      onGone();
    } catch (error) {
      setProblem(tell(error).text);
      onBusy(false);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it is only watched whether somebody reads it.
    <div
      className={classes.bar}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {/* Our own sentence runs as the page does, whatever name it begins with; the server's in its own direction. */}
      <span className={classes.text}>{offer.text}</span>
      {problem !== null && (
        <span className={classes.problem} dir="auto">
          {problem}
        </span>
      )}
      {offer.link}
      <Button
        size="xs"
        variant="subtle"
        leftSection={<IconArrowBackUp size={16} />}
        loading={isBusy}
        onClick={() => void undo()}
      >
        {t("undo.undo")}
      </Button>
    </div>
  );
}
