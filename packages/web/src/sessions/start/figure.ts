import type { CheckUnit } from "../../api/session-time.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { useSize } from "../../storage/use-size.ts";

/** A check's figure as people write it: bytes with their unit, minutes as hours, counts as they are. */
export function useFigure(): (value: string, unit: CheckUnit | null) => string {
  const { format } = useLocale();
  const size = useSize();
  return (value, unit) => {
    const number = Number(value);
    if (unit === "bytes") return size(number);
    if (unit === "minutes") return format.duration(number * 60);
    return format.number(number, unit === "core_hours" ? 2 : 0);
  };
}
