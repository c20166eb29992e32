import { Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OptionValue } from "../../api/types.ts";
import { listOf, tableOf, textOfList, textOfTable } from "./option-values.ts";

interface LinesFieldProps {
  readonly kind: "list" | "dict";
  readonly label: string;
  readonly description: ReactNode;
  readonly first: OptionValue | undefined;
  readonly wrong: boolean;
  onChange(value: OptionValue): void;
}

/** A list or a table, a line for each of its parts; what is being written stays as it was written. */
export function LinesField({ kind, label, description, first, wrong, onChange }: LinesFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => (kind === "list" ? textOfList(first) : textOfTable(first)));
  return (
    <Textarea
      label={label}
      description={
        <>
          {description}
          {description !== undefined && <br />}
          {kind === "list" ? t("startForm.onePerLine") : t("startForm.pairPerLine")}
        </>
      }
      autosize
      minRows={2}
      maxRows={8}
      dir="auto"
      spellCheck={false}
      value={text}
      error={wrong && kind === "dict" ? t("startForm.notPairs") : undefined}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        // What is no table yet is told as the text that it is, which no server takes for one.
        onChange(kind === "list" ? listOf(value) : (tableOf(value) ?? value));
      }}
    />
  );
}
