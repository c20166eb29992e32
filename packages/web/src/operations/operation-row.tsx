import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Operation } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconChevronDown } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { OperationSteps } from "./operation-steps.tsx";
import { useOperationTitle } from "./operation-title.ts";
import classes from "./operations.module.css";

/** One operation: what, in which state; opens to its steps. A running or failed one stands open. */
export function OperationRow({ operation, actions }: { operation: Operation; actions?: ReactNode }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const titleOf = useOperationTitle([operation]);
  const [opened, setOpened] = useState(operation.state === "running" || operation.state === "failed");
  const panel = `steps-${operation.id}`;
  return (
    <li className={classes.operation}>
      <div className={classes.head}>
        <div className={rows.main}>
          <span>{titleOf(operation)}</span>
          <span className={rows.under}>
            <bdi>{t("operations.by", { actor: operation.actor.label })}</bdi>
            {" · "}
            <When at={operation.created_at} />
            {operation.attempt > 1 && ` · ${t("operations.attempt", { count: operation.attempt })}`}
          </span>
        </div>
        <div className={rows.end}>
          {operation.progress !== null && operation.state === "running" && (
            <span className="tabular">{format.percent(operation.progress)}</span>
          )}
          <StateChip domain="operation" state={operation.state} />
          {actions}
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={opened}
            aria-controls={panel}
            rightSection={
              <IconChevronDown size={16} aria-hidden="true" className={opened ? classes.turned : undefined} />
            }
            onClick={() => setOpened(!opened)}
          >
            {t(opened ? "activity.hideSteps" : "activity.showSteps")}
          </Button>
        </div>
      </div>
      <div id={panel} className={classes.panel} hidden={!opened}>
        {opened && <OperationSteps operation={operation} />}
      </div>
    </li>
  );
}

/** A verb on one operation; its refusal stands beside it. */
export function OperationAction(props: { label: string; disabled?: boolean; run: () => Promise<unknown> }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: props.run,
    onSuccess: () => client.invalidateQueries({ queryKey: ["operations"] }),
  });
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        disabled={props.disabled ?? false}
        loading={act.isPending}
        onClick={() => act.mutate()}
      >
        {props.label}
      </Button>
      {act.isError && <ReasonCard error={act.error} />}
    </>
  );
}
