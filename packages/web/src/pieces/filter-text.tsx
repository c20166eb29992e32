import { TextInput, type TextInputProps } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

interface FilterTextProps extends Pick<TextInputProps, "label" | "placeholder" | "className" | "list" | "dir"> {
  /** As the address has it. */
  readonly value: string;
  onChange(value: string): void;
  /** Told at each key. */
  readonly onType?: (value: string) => void;
}

/** Milliseconds after the last key until the address follows. */
const settlesMs = 250;

/** A text that narrows a list: typed freely here, in the address a moment later. */
export function FilterText({ value, onChange, onType, ...input }: FilterTextProps) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const tell = useRef(onChange);
  tell.current = onChange;
  // The address changed by something else: another filter's reset, the way back.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === told.current) return;
    const timer = setTimeout(() => {
      told.current = wanted;
      tell.current(wanted);
    }, settlesMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <TextInput
      {...input}
      type="search"
      autoComplete="off"
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onType?.(event.currentTarget.value);
      }}
    />
  );
}
