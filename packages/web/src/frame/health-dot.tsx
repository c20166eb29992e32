import { useQuery } from "@tanstack/react-query";
import { type FocusEvent, type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { healthQuery } from "../api/health.ts";
import { useServerAway } from "./away-notice.tsx";
import classes from "./frame.module.css";

/** A dot for the system's health; opens the reasons, and closes when the focus goes elsewhere or by Escape. */
export function HealthDot() {
  const { t } = useTranslation();
  const box = useRef<HTMLDetailsElement>(null);
  const { data, isError } = useQuery(healthQuery);
  const away = useServerAway();
  const state = away ? "away" : isError ? "unknown" : (data?.state ?? "ok");
  const words = t(`frame.health.${state}`);
  const close = () => box.current?.removeAttribute("open");
  const onBlur = (event: FocusEvent) => {
    if (!box.current?.contains(event.relatedTarget)) close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  };
  return (
    <details ref={box} className={classes.health} onBlur={onBlur} onKeyDown={onKeyDown}>
      <summary aria-label={words} title={words}>
        <span className={classes.dot} data-state={state} />
      </summary>
      <div className={classes.reasons}>
        <strong>{t("frame.health.title")}</strong>
        {state === "ok" && <p>{t("frame.health.okText")}</p>}
        {state === "away" && <p>{t("frame.away")}</p>}
        {state === "unknown" && <p>{t("frame.health.unknown")}</p>}
        {state === "degraded" && (
          <ul>
            {data?.reasons.map((reason) => (
              <li key={reason.part} dir="auto">
                {reason.message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </details>
  );
}
