import { Button, Progress } from "@mantine/core";
import "@mantine/core/styles/Progress.layer.css";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle, IconCircleCheck } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { useSize } from "../use-size.ts";
import type { EraseOutcome } from "./erase-outcome.ts";
import { keyOf, nameOf, sumOf } from "./large-things.ts";
import classes from "./largest.module.css";

/** @param trouble where it can't be told how far it is */
export function EraseProgress({ percent, trouble }: { percent: number; trouble: unknown }) {
  const { t } = useTranslation();
  return (
    <div className={classes.told}>
      <p role="status">{t("storage.erasing")}</p>
      <Progress value={Math.max(3, percent)} aria-label={t("storage.erasing")} />
      {trouble !== null && <ReasonCard error={trouble} />}
    </div>
  );
}

interface EraseResultProps {
  readonly outcome: EraseOutcome;
  /** By snapshots. */
  readonly isKept: boolean;
  onClose(): void;
}

/** How much is free again, and what is still there and why. */
export function EraseResult({ outcome: { gone, left }, isKept, onClose }: EraseResultProps) {
  const { t } = useTranslation();
  const size = useSize();
  const place = useRef<HTMLElement>(null);
  // The row that the focus was on is gone.
  useEffect(() => place.current?.focus(), []);
  return (
    <section ref={place} tabIndex={-1} className={classes.told} aria-label={t("storage.eraseResult")}>
      <div role="status">
        {gone.length > 0 && (
          <p className={classes.done}>
            <IconCircleCheck size={20} aria-hidden="true" />
            <strong>{t(isKept ? "storage.freedLater" : "storage.freed", { size: size(sumOf(gone)) })}</strong>
          </p>
        )}
        {left.length > 0 && (
          <p className={classes.failed}>
            <IconAlertTriangle size={20} aria-hidden="true" />
            <strong>{t("storage.notErased", { count: left.length })}</strong>
          </p>
        )}
      </div>
      {left.length > 0 && (
        <ul className={classes.left}>
          {left.map(({ thing, problem }) => (
            <li key={keyOf(thing)}>
              <bdi>{nameOf(thing)}</bdi>
              {problem !== null && (
                <p dir="auto" className="quiet small">
                  {problem}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      <Button size="compact-sm" variant="subtle" onClick={onClose}>
        {t("common.close")}
      </Button>
    </section>
  );
}
