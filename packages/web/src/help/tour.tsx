import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useChangeDisplay } from "../frame/change-display.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { focusTitle } from "../pieces/focus-title.ts";
import classes from "./tour.module.css";
import { useSpot } from "./use-spot.ts";

/** What is pointed at (`data-tour`), in the order in which somebody new meets it. */
const steps = ["workspaces", "start", "running", "search", "help"] as const;

/** Five things of Home, pointed at one after the other. Whoever leaves it is not asked again. */
export function Tour({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const navigate = useNavigate();
  const changeDisplay = useChangeDisplay();
  const titleId = useId();
  const stage = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [at, setAt] = useState(0);
  const step = steps[at] ?? "help";
  const { spot, card } = useSpot(step);
  const leave = useCallback(() => {
    stage.current?.close();
    // What it was started from is on another page, and Home took no focus while this lay over it.
    focusTitle();
    changeDisplay({ tour_done: true });
    onClose();
  }, [changeDisplay, onClose]);

  useEffect(() => {
    void navigate({ to: "/" });
  }, [navigate]);
  useEffect(() => {
    const dialog = stage.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  // Each step is read out, from its title on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step is what changes
  useEffect(() => heading.current?.focus(), [at]);

  const last = at === steps.length - 1;
  return (
    <dialog
      ref={stage}
      className={classes.stage}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
    >
      {spot && <div className={classes.spot} style={spot} />}
      <div className={classes.card} style={card}>
        <p className="quiet small">
          {t("help.step", { step: format.number(at + 1), of: format.number(steps.length) })}
        </p>
        <h2 ref={heading} id={titleId} tabIndex={-1} className={classes.title}>
          {t(`help.tourSteps.${step}.title`)}
        </h2>
        <p>{t(`help.tourSteps.${step}.text`)}</p>
        <div className={classes.buttons}>
          {last ? (
            <span />
          ) : (
            <Button variant="subtle" onClick={leave}>
              {t("help.tourSkip")}
            </Button>
          )}
          <span className={classes.along}>
            {at > 0 && (
              <Button variant="default" onClick={() => setAt(at - 1)}>
                {t("common.back")}
              </Button>
            )}
            <Button onClick={() => (last ? leave() : setAt(at + 1))}>
              {t(last ? "help.tourEnd" : "help.tourNext")}
            </Button>
          </span>
        </div>
      </div>
    </dialog>
  );
}
