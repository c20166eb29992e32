import { useTranslation } from "react-i18next";
import type { ListedPerson } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";

const MOST_NAMES = 5;

/** Whom a change of many is about: the first of them by name, how many more, and what of theirs runs. */
export function WhomText({ people, count }: { people: readonly ListedPerson[]; count: number }) {
  const { t } = useTranslation();
  const { locale, format } = useLocale();
  const first = people.slice(0, MOST_NAMES).map((one) => `\u2068${one.full_name || one.username}\u2069`);
  const more = count - first.length;
  const running = people.reduce((sum, { glance }) => sum + (glance.sessions_running ?? 0), 0);
  const names = new Intl.ListFormat(locale, { type: more > 0 ? "unit" : "conjunction" }).format(first);
  const n = format.number(running);
  return (
    <>
      <p dir="auto">{more > 0 ? t("people.namedMore", { names, count: more, n: format.number(more) }) : names}</p>
      {running > 0 && (
        <p className="warned">
          {t(people.length < count ? "people.theirRunningAtLeast" : "people.theirRunning", { count: running, n })}
        </p>
      )}
    </>
  );
}
