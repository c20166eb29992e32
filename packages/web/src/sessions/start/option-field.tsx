import { NativeSelect, Switch, TextInput } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { OptionValue, Parameter } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { ExactField } from "./exact-field.tsx";
import { LinesField } from "./lines-field.tsx";
import { nearestStop, stopsOf } from "./option-values.ts";
import classes from "./start.module.css";

interface FieldProps {
  readonly parameter: Parameter;
  readonly value: OptionValue | undefined;
  /** Whether the server would refuse it. */
  readonly wrong: boolean;
  onChange(value: OptionValue): void;
}

/** One option, as the server declares it: a switch, a choice, a number between its bounds, or text. */
export function OptionField({ parameter, value, wrong, onChange }: FieldProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { variable_name, display_name, validation } = parameter;
  const ours = t(`parameters.${variable_name}`, { defaultValue: "" });
  const label = ours || display_name;
  // Ours say all by their name; of others their operator may tell more.
  const description = ours === "" && parameter.description !== "" ? <bdi>{parameter.description}</bdi> : undefined;
  if (validation.type === "bool") {
    return (
      <Switch
        label={label}
        description={description}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  const { choices = [] } = validation;
  if (choices.length > 0) {
    return (
      <NativeSelect
        label={label}
        description={description}
        data={choices.map((choice) => ({
          value: String(choice),
          label: typeof choice === "number" ? format.exact(choice) : String(choice),
        }))}
        value={String(value ?? "")}
        onChange={(event) => {
          const chosen = choices.find((choice) => String(choice) === event.currentTarget.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      />
    );
  }
  if (validation.type === "int" || validation.type === "float") {
    return (
      <NumberField
        label={label}
        description={description}
        parameter={parameter}
        value={value}
        wrong={wrong}
        onChange={onChange}
      />
    );
  }
  if (validation.type === "list" || validation.type === "dict") {
    return (
      <LinesField
        kind={validation.type}
        label={label}
        description={description}
        first={value}
        wrong={wrong}
        onChange={onChange}
      />
    );
  }
  return (
    <TextInput
      label={label}
      description={description}
      required={validation.required === true}
      withAsterisk={false}
      value={String(value ?? "")}
      error={wrong ? t("startForm.needed") : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface NumberFieldProps extends FieldProps {
  readonly label: string;
  readonly description: ReactNode;
}

/** The slider for the hand, the field for the exact figure; one value. */
function NumberField({ label, description, parameter, value, wrong, onChange }: NumberFieldProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const id = useId();
  const { type, min, max } = parameter.validation;
  const isWhole = type === "int";
  const number = typeof value === "number" ? value : Number.NaN;
  const bounded = typeof min === "number" && typeof max === "number";
  const stops = bounded ? stopsOf(min, max, isWhole) : [];
  const words = wordsOf(parameter.variable_name, number, format.duration);
  const about = description === undefined ? undefined : `${id}-about`;
  const range = `${id}-range`;
  const describedBy = [about, wrong ? range : undefined].filter(Boolean).join(" ") || undefined;
  return (
    <div className={classes.number}>
      <label htmlFor={id}>{label}</label>
      {words && <span className="quiet small">{words}</span>}
      <ExactField
        id={bounded ? undefined : id}
        label={bounded ? t("startForm.exact", { label }) : undefined}
        isWhole={isWhole}
        value={number}
        wrong={wrong}
        describedBy={describedBy}
        onChange={onChange}
      />
      {about && (
        <p id={about} className={`quiet small ${classes.whole}`}>
          {description}
        </p>
      )}
      {bounded && (
        <div className={classes.slide}>
          <input
            id={id}
            type="range"
            min={0}
            max={stops.length - 1}
            value={nearestStop(stops, Number.isNaN(number) ? min : number)}
            aria-valuetext={words ?? format.number(number)}
            aria-describedby={about}
            onChange={(event) => onChange(stops[Number(event.currentTarget.value)] ?? min)}
          />
          <span className={classes.ends} aria-hidden="true">
            <span>{format.number(min)}</span>
            <span>{format.number(max)}</span>
          </span>
        </div>
      )}
      {wrong && (
        <p id={range} className={classes.wrong} role="alert">
          {bounded ? t("quickStart.between", { min, max }) : t("startForm.number")}
        </p>
      )}
    </div>
  );
}

/** A figure that people think of otherwise: 180 minutes are 3 hours. */
function wordsOf(name: string, value: number, duration: (seconds: number) => string): string | null {
  return name === "time_limit_min" && value >= 60 ? duration(value * 60) : null;
}
