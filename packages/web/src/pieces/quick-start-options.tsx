import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { parametersQuery, type ResourceOptions } from "../api/sessions.ts";
import type { Parameter } from "../api/types.ts";
import { closeLabel } from "./confirm.tsx";
import { ReasonCard } from "./reason-card.tsx";
import { RowsLoading } from "./rows-loading.tsx";

interface OptionsFormProps {
  readonly name: string;
  /** The parameters that this type takes. */
  readonly only: readonly string[];
  readonly initial: ResourceOptions;
  onClose(): void;
  onStart(options: ResourceOptions): void;
}

/** The resource options, as the server declares them. */
export default function OptionsForm({ name, only, initial, onClose, onStart }: OptionsFormProps) {
  const { t } = useTranslation();
  const parameters = useQuery(parametersQuery);
  const fields = (parameters.data ?? []).filter((one) => only.includes(one.variable_name));
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    onStart(Object.fromEntries(fields.map((one) => [one.variable_name, chosenValue(one, data)])));
  };
  return (
    <Modal opened onClose={onClose} title={t("quickStart.optionsTitle", { name })} closeButtonProps={closeLabel(t)}>
      {parameters.isPending && <RowsLoading rows={3} />}
      {shownError(parameters) !== null && (
        <ReasonCard error={parameters.error} onRetry={() => void parameters.refetch()} />
      )}
      {parameters.data && (
        <form onSubmit={submit}>
          <Stack>
            {fields.map((one) => (
              <Field key={one.variable_name} parameter={one} initial={initial[one.variable_name]} />
            ))}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t("common.cancel")}
              </Button>
              <Button type="submit">{t("quickStart.start", { name })}</Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function Field({ parameter, initial }: { parameter: Parameter; initial: number | boolean | string | undefined }) {
  const { t } = useTranslation();
  const { variable_name, display_name, description, default_value, validation } = parameter;
  const label = t(`parameters.${variable_name}`, { defaultValue: display_name });
  const value = initial ?? default_value;
  if (validation.type === "bool") {
    return <Checkbox name={variable_name} label={label} defaultChecked={value === true} />;
  }
  const numeric = validation.type === "int" || validation.type === "float";
  const { min, max } = validation;
  const range =
    typeof min === "number" && typeof max === "number" ? t("quickStart.between", { min, max }) : description;
  return (
    <TextInput
      name={variable_name}
      label={label}
      description={range}
      type={numeric ? "number" : "text"}
      defaultValue={value === null ? "" : String(value)}
      required={validation.required === true || numeric}
      withAsterisk={false}
      min={min ?? undefined}
      max={max ?? undefined}
      step={validation.type === "int" ? 1 : "any"}
    />
  );
}

function chosenValue({ variable_name, validation }: Parameter, data: FormData): number | boolean | string {
  const text = data.get(variable_name);
  if (validation.type === "bool") return text !== null;
  return validation.type === "int" || validation.type === "float" ? Number(text) : String(text ?? "");
}
