import { TextInput } from "@mantine/core";
import { useState } from "react";
import { latinNumber } from "../../locales/latin.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import classes from "./start.module.css";

interface ExactFieldProps {
  readonly id: string | undefined;
  readonly label: string | undefined;
  readonly isWhole: boolean;
  readonly value: number;
  readonly wrong: boolean;
  readonly describedBy: string | undefined;
  /** NaN for what is no number. */
  onChange(value: number): void;
}

/** A number as it is typed, in the reader's digits; a field of the browser's own kind knows Latin ones alone. */
export function ExactField({ id, label, isWhole, value, wrong, describedBy, onChange }: ExactFieldProps) {
  const { format } = useLocale();
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: number } | null>(null);
  // The slider was moved since: its value counts, not what was typed before.
  const text =
    typed !== null && Object.is(typed.value, value) ? typed.text : Number.isNaN(value) ? "" : format.exact(value);
  return (
    <TextInput
      className={classes.exact}
      // Mantine binds words of its own alone; these stand around it.
      ref={(field) => {
        if (describedBy === undefined) field?.removeAttribute("aria-describedby");
        else field?.setAttribute("aria-describedby", describedBy);
      }}
      id={id}
      aria-label={label}
      inputMode={isWhole ? "numeric" : "decimal"}
      value={text}
      error={wrong}
      onChange={(event) => {
        const next = event.currentTarget.value;
        const read = latinNumber(next);
        const number = /^-?\d+([.]\d+)?$/.test(read) ? Number(read) : Number.NaN;
        setTyped({ text: next, value: number });
        onChange(number);
      }}
    />
  );
}
