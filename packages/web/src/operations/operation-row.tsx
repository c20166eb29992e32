import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Operation } from "../api/types.ts";
import { doerIn } from "../locales/doer.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { CopyButton } from "../pieces/copy-line.tsx";
import { IconChevronDown } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { OperationSteps } from "./operation-steps.tsx";
import { useOperationTitle } from "./operation-title.ts";
import classes from "./operations.module.css";

interface OperationEntryProps {
  readonly operation: Operation;
  readonly actions?: ReactNode;
  /** Left out: a running one, or a failure to look at, stands open. */
  readonly isOpen?: boolean;
}

/** One operation as an item of a short list. */
export function OperationRow(props: OperationEntryProps) {
  return (
    <li className={classes.operation}>
      <OperationEntry {...props} />
    </li>
  );
}

/** One operation: what, in which state; opens to its steps. */
export function OperationEntry({ operation, actions, isOpen = standsOpen(operation) }: OperationEntryProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const titleOf = useOperationTitle([operation]);
  const [opened, setOpened] = useState(isOpen);
  const [state, setState] = useState(operation.state);
  if (state !== operation.state) {
    // One that ends or fails opens and closes as a new one would.
    setState(operation.state);
    setOpened(isOpen);
  }
  const panel = `steps-${operation.id}`;
  return (
    <>
      <div className={classes.head}>
        <div className={rows.main}>
          <span>{titleOf(operation)}</span>
          <span className={rows.under}>
            <bdi>{t("operations.by", { actor: doerIn(t, operation.actor.label) })}</bdi>
            {operation.role === "concerned" && ` · ${t("operations.forThem")}`}
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
        {opened && <WhyNot operation={operation} />}
        {opened && <OperationSteps operation={operation} />}
      </div>
    </>
  );
}

const standsOpen = ({ state, looked_at }: Operation) =>
  state === "running" || (state === "failed" && looked_at === null);

/** Why it can't be cancelled, while one might want to; when its failure was seen to. */
function WhyNot({ operation: { id, cannot_cancel: why, looked_at: seen } }: { operation: Operation }) {
  const { t } = useTranslation();
  return (
    <p className={classes.facts}>
      {why !== null && why !== "ended" && <span>{t(`operations.cannotCancel.${why}`)}</span>}
      {seen !== null && (
        <span>
          {t("operations.wasSeen")} <When at={seen} />
        </span>
      )}
      <span>
        {t("operations.idIs")}: <code className="mono ltr">{id}</code>{" "}
        <CopyButton text={id} label={`${t("operations.idIs")}: `} />
      </span>
    </p>
  );
}

/** A verb on one operation; its refusal stands beside it. */
export function OperationAction(props: { label: string; disabled?: boolean; run: () => Promise<unknown> }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: props.run,
    onSuccess: () =>
      Promise.all([["operations"], ["overview"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
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
