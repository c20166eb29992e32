import { TextInput, type TextInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { readSize } from "./sizes.ts";
import { useSize } from "./use-size.ts";

interface QuotaFieldProps extends Omit<TextInputProps, "value" | "onChange" | "error" | "description"> {
  readonly value: string;
  /** What is used already: less than that is told. */
  readonly used?: number;
  onText(text: string): void;
}

/** A size as one types it: `10 GiB`, `500 MiB`, 0 for none; it says below how it is read. */
export function QuotaField({ value, used = 0, onText, ...input }: QuotaFieldProps) {
  const { t } = useTranslation();
  const size = useSize();
  const bytes = readSize(value);
  const wrong = bytes === null && value.trim() !== "";
  return (
    <TextInput
      {...input}
      value={value}
      onChange={(event) => onText(event.currentTarget.value)}
      error={wrong ? t("storage.wrongSize") : undefined}
      description={wrong ? undefined : told()}
      descriptionProps={{ size: "sm" }}
      errorProps={{ size: "sm" }}
      inputWrapperOrder={["label", "input", "description", "error"]}
      dir="ltr"
      maxLength={30}
      autoComplete="off"
      spellCheck={false}
    />
  );

  function told(): string {
    if (bytes === null) return t("storage.sizeHint");
    if (bytes === 0) return t("storage.noQuota");
    return bytes < used ? t("storage.belowUsed", { used: size(used) }) : t("storage.readAs", { size: size(bytes) });
  }
}
