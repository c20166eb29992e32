import { Button, Group, Modal, Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api/auth.ts";
import { shownError } from "../../api/query-trouble.ts";
import { preflightQuery } from "../../api/session-time.ts";
import { parametersQuery, type ResourceOptions } from "../../api/sessions.ts";
import type { OptionValue, Parameter, SessionType } from "../../api/types.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { forgetDraft, readDraft, writeDraft } from "../../pieces/drafts.ts";
import { useJobTypes } from "../../pieces/job-types.ts";
import { lastOptions } from "../../pieces/quick-start-memory.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { Checks } from "./checks.tsx";
import { OptionField } from "./option-field.tsx";
import { firstValues, fits, isForFew, optionsIn } from "./option-values.ts";
import classes from "./start.module.css";

interface StartFormProps {
  readonly type: SessionType;
  /** Null: the workspace is made by the start. */
  readonly workspaceId: number | null;
  /** It is on its way; the form stays until it is there, with all that was typed. */
  readonly starting: boolean;
  /** Why the last try came to nothing; null: it didn't, or there was none. */
  readonly failure: unknown;
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
  starting,
  failure,
  onClose,
  onStart,
}: StartFormProps & { readonly parameters: readonly Parameter[] }) {
  const { t } = useTranslation();
  const { nameOf } = useJobTypes();
  const draft = useOptionsDraft(workspaceId, type.id);
  const [values, setValues] = useState(() =>
    firstValues(parameters, { ...lastOptions(workspaceId, type.id), ...draft.kept() }),
  );
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
    if (wrong || starting) return;
    // What was started with is what is chosen next time: nothing is left to be kept here.
    draft.forget();
    onStart(values);
  };
  const change = (name: string, value: OptionValue) => {
    const next = { ...values, [name]: value };
    setValues(next);
    draft.keep(next);
  };
  const fieldOf = (one: Parameter) => (
    <OptionField
      key={one.variable_name}
      parameter={one}
      value={values[one.variable_name]}
      wrong={isWrong(one)}
      onChange={(value) => change(one.variable_name, value)}
    />
  );
  const folded = parameters.filter(isForFew);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {parameters.filter((one) => !isForFew(one)).map(fieldOf)}
        {folded.length > 0 && (
          <details className={classes.folded} open={folded.some(isWrong) || undefined}>
            <summary>{t("startForm.more", { count: folded.length })}</summary>
            <Stack gap="lg">{folded.map(fieldOf)}</Stack>
          </details>
        )}
        {preflight.data && <Checks preflight={preflight.data} hours={hoursOf(asked)} />}
        {failure !== null && <ReasonCard title={t("quickStart.failed")} error={failure} />}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              draft.forget();
              onClose();
            }}
          >
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={wrong || refused} loading={starting}>
            {t("quickStart.start", { name: nameOf(type.id) })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What is being chosen, kept in this tab until it is given up: a reload takes nothing away. */
function useOptionsDraft(workspaceId: number | null, type: string) {
  const { data: known } = useQuery(sessionQuery);
  const account = known?.account?.id ?? 0;
  const form = `start.${workspaceId ?? "new"}.${type}`;
  return {
    kept: (): ResourceOptions => optionsIn(readDraft(account, form).options?.[0]),
    keep: (options: ResourceOptions) => writeDraft(account, form, { options: [JSON.stringify(options)] }),
    forget: () => forgetDraft(account, form),
  };
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
