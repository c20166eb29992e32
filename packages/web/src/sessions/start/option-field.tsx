import { NativeSelect, Switch, TextInput } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Parameter } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { ExactField } from "./exact-field.tsx";
import { nearestStop, type OptionValue, stopsOf } from "./option-values.ts";
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
  const { variable_name, display_name, validation, description } = parameter;
  const label = t(`parameters.${variable_name}`, { defaultValue: display_name });
  if (validation.type === "bool") {
    return (
      <Switch label={label} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
    );
  }
  const { choices = [] } = validation;
  if (choices.length > 0) {
    return (
      <NativeSelect
        label={label}
        data={choices.map(String)}
        value={String(value ?? "")}
        onChange={(event) => {
          const chosen = choices.find((choice) => String(choice) === event.currentTarget.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      />
    );
  }
  if (validation.type === "int" || validation.type === "float") {
    return <NumberField label={label} parameter={parameter} value={value} wrong={wrong} onChange={onChange} />;
  }
  return (
    <TextInput
      label={label}
      description={description}
      required={validation.required === true}
      withAsterisk={false}
      value={String(value ?? "")}
      error={wrong}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** The slider for the hand, the field for the exact figure; one value. */
function NumberField({ label, parameter, value, wrong, onChange }: FieldProps & { readonly label: string }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const id = useId();
  const { type, min, max } = parameter.validation;
  const isWhole = type === "int";
  const number = typeof value === "number" ? value : Number.NaN;
  const bounded = typeof min === "number" && typeof max === "number";
  const stops = bounded ? stopsOf(min, max, isWhole) : [];
  const words = wordsOf(parameter.variable_name, number, format.duration);
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
        onChange={onChange}
      />
      {bounded && (
        <div className={classes.slide}>
          <input
            id={id}
            type="range"
            min={0}
            max={stops.length - 1}
            value={nearestStop(stops, Number.isNaN(number) ? min : number)}
            aria-valuetext={words ?? format.number(number)}
            onChange={(event) => onChange(stops[Number(event.currentTarget.value)] ?? min)}
          />
          <span className={classes.ends} aria-hidden="true">
            <span>{format.number(min)}</span>
            <span>{format.number(max)}</span>
          </span>
        </div>
      )}
      {wrong && bounded && (
        <p className={classes.wrong} role="alert">
          {t("quickStart.between", { min, max })}
        </p>
      )}
    </div>
  );
}

/** A figure that people think of otherwise: 180 minutes are 3 hours. */
function wordsOf(name: string, value: number, duration: (seconds: number) => string): string | null {
  return name === "time_limit_min" && value >= 60 ? duration(value * 60) : null;
}
