import { Button, Group, Modal, Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../../api/query-trouble.ts";
import { preflightQuery } from "../../api/session-time.ts";
import { parametersQuery, type ResourceOptions } from "../../api/sessions.ts";
import type { Parameter, SessionType } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { useJobTypes } from "../../pieces/job-types.ts";
import { lastOptions } from "../../pieces/quick-start-memory.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { Checks } from "./checks.tsx";
import { OptionField } from "./option-field.tsx";
import { firstValues, fits } from "./option-values.ts";
import classes from "./start.module.css";

interface StartFormProps {
  readonly type: SessionType;
  /** Null: the workspace is made by the start. */
  readonly workspaceId: number | null;
  onClose(): void;
  onStart(options: ResourceOptions): void;
}

/** What will be started, with what, and whether it may. */
export function StartForm(props: StartFormProps) {
  const { type, onClose } = props;
  const { t } = useTranslation();
  const { nameOf, aboutOf } = useJobTypes();
  const parameters = useQuery(parametersQuery);
  const about = aboutOf(type.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("quickStart.optionsTitle", { name: nameOf(type.id) })}
      closeButtonProps={closeLabel(t)}
      classNames={{ content: classes.long ?? "" }}
    >
      {about !== "" && <p className={`quiet ${classes.about}`}>{about}</p>}
      {parameters.isPending && <RowsLoading rows={3} />}
      {shownError(parameters) !== null && (
        <ReasonCard error={parameters.error} onRetry={() => void parameters.refetch()} />
      )}
      {parameters.data && (
        <Fields
          {...props}
          parameters={[
            ...type.own_parameters,
            ...parameters.data.filter(({ variable_name }) => type.parameters.includes(variable_name)),
          ]}
        />
      )}
    </Modal>
  );
}

function Fields({
  type,
  workspaceId,
  parameters,
  onClose,
  onStart,
}: StartFormProps & { readonly parameters: readonly Parameter[] }) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  const [values, setValues] = useState(() => firstValues(parameters, lastOptions(workspaceId, type.id)));
  const isWrong = (one: Parameter) => {
    const value = values[one.variable_name];
    return value === undefined ? one.validation.required === true : !fits(one, value);
  };
  const wrong = parameters.some(isWrong);
  const asked = useSettled(values);
  const preflight = useQuery({
    ...preflightQuery(workspaceId ?? 0, type.id, asked),
    enabled: workspaceId !== null && !wrong,
    placeholderData: keepPreviousData,
  });
  const refused = preflight.data?.may_start === false;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!wrong) onStart(values);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {parameters.map((one) => (
          <OptionField
            key={one.variable_name}
            parameter={one}
            value={values[one.variable_name]}
            wrong={isWrong(one)}
            onChange={(value) => setValues((all) => ({ ...all, [one.variable_name]: value }))}
          />
        ))}
        {preflight.data && <Checks preflight={preflight.data} hours={hoursOf(asked)} />}
        <Group justify="flex-end" className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={wrong || refused}>
            {t("quickStart.start", { name: nameOf(type.id) })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Core hours that would be set aside, where the options say it. */
function hoursOf({ num_cpus, time_limit_min }: ResourceOptions): number | null {
  return typeof num_cpus === "number" && typeof time_limit_min === "number" ? (num_cpus * time_limit_min) / 60 : null;
}

/** Milliseconds in which a slider on its way asks nothing. */
const settlesAfterMs = 250;

/** The last value that stood for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settlesAfterMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
