import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "./clock.ts";

/** A moment as "3 minutes ago", with the exact one on hover. */
export function When({ at }: { at: string }) {
  const { format } = useLocale();
  const now = useNow();
  return (
    <time dateTime={at} title={format.dateTime(at)}>
      {format.relative(at, now)}
    </time>
  );
}

/** How long from `start` to `end`, counting on while there is no end. */
export function Elapsed({ start, end }: { start: string; end: string | null }) {
  const { format } = useLocale();
  const now = useNow(end === null);
  const until = end === null ? now : new Date(end).getTime();
  return <span className="tabular">{format.duration((until - new Date(start).getTime()) / 1000)}</span>;
}
