import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "../locales/use-locale.tsx";
import { sizeOf } from "./size-of.ts";

/** Writes bytes as quotas are given, in powers of 1024: "10 GiB". */
export function useSize(): (bytes: number) => string {
  const { t } = useTranslation();
  const { format } = useLocale();
  return useCallback(
    (bytes: number) => {
      const { value, unit, places } = sizeOf(bytes);
      return t(`storage.unit.${unit}`, { n: format.number(value, places) });
    },
    [t, format],
  );
}
