import { Popover, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { healthQuery } from "../api/health.ts";
import classes from "./frame.module.css";

/** A dot for the system's health; opens the reasons. */
export function HealthDot() {
  const { t } = useTranslation();
  const { data, isError } = useQuery(healthQuery);
  const state = isError ? "unknown" : (data?.state ?? "ok");
  const reasons = data?.reasons ?? [];
  return (
    <Popover position="bottom-end" width={300} shadow="md" withinPortal trapFocus={false}>
      <Popover.Target>
        <UnstyledButton
          className={classes.health}
          aria-label={t(`frame.health.${state}`)}
          title={t(`frame.health.${state}`)}
        >
          <span className={classes.dot} data-state={state} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <strong>{t("frame.health.title")}</strong>
        {state === "ok" && <p>{t("frame.health.okText")}</p>}
        {state === "unknown" && <p>{t("frame.health.unknown")}</p>}
        {state === "degraded" && (
          <ul className={classes.reasons}>
            {reasons.map((reason) => (
              <li key={reason.part} dir="auto">
                {reason.message}
              </li>
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
