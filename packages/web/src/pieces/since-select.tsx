import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const spans = { "1h": 3_600, "1d": 86_400, "7d": 604_800, "30d": 2_592_000 } as const;
export type Span = keyof typeof spans;

export const isSpan = (text: string | undefined): text is Span => text !== undefined && Object.hasOwn(spans, text);

/** The moment a span before the page was opened, ISO 8601; undefined for any time. To the minute: it is asked once. */
export function useSince(span: string | undefined): string | undefined {
  return useMemo(() => {
    if (!isSpan(span)) return undefined;
    const minute = Math.floor(Date.now() / 60_000) * 60_000;
    return new Date(minute - spans[span] * 1_000).toISOString();
  }, [span]);
}

interface SinceSelectProps {
  readonly label: string;
  readonly value: string;
  onChange(span: string): void;
}

/** How far back. */
export function SinceSelect({ label, value, onChange }: SinceSelectProps) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      label={label}
      value={isSpan(value) ? value : ""}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: "", label: t("span.any") },
        ...Object.keys(spans).map((span) => ({ value: span, label: t(`span.${span}`) })),
      ]}
    />
  );
}
