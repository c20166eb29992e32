import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type PeopleCounts, type PeopleState, peopleCountsQuery } from "../api/people.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import classes from "./people-picture.module.css";

/** Parts that add up to everybody, and the list that each leads to. */
const parts: readonly { readonly of: keyof PeopleCounts; readonly tone: string; readonly state: PeopleState }[] = [
  { of: "this_week", tone: "good", state: "this_week" },
  { of: "earlier", tone: "accent", state: "earlier" },
  { of: "never", tone: "quiet", state: "never" },
  { of: "pending", tone: "warn", state: "pending" },
  { of: "deactivated", tone: "bad", state: "deactivated" },
];

/** How everybody stands, as one bar; each part leads to its people. */
export function PeoplePicture(props: {
  state: PeopleState | undefined;
  onState(state: PeopleState | undefined): void;
}) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data: counts, isError } = useQuery(peopleCountsQuery);
  // The list below says why.
  if (isError && counts === undefined) return null;
  // As high as what comes.
  if (counts === undefined) {
    return (
      <div className={classes.picture}>
        <RowsLoading rows={2} height={40} />
      </div>
    );
  }
  const shown = parts.filter(({ of }) => counts[of] > 0);
  return (
    <section className={classes.picture} aria-label={t("people.picture")}>
      <p className={classes.total}>
        <span className={classes.figure}>{format.number(counts.all)}</span>{" "}
        <span className="quiet">{t("people.total", { count: counts.all })}</span>
      </p>
      <div className={classes.bar} aria-hidden="true">
        {shown.map(({ of, tone }) => (
          <span key={of} data-tone={tone} style={{ flexGrow: counts[of] }} />
        ))}
      </div>
      <ul className={classes.legend}>
        {shown.map(({ of, tone, state }) => (
          <li key={of}>
            <button
              type="button"
              className={classes.part}
              aria-pressed={props.state === state}
              onClick={() => props.onState(props.state === state ? undefined : state)}
            >
              <span className={classes.dot} data-tone={tone} aria-hidden="true" />
              {t(`people.count_${of}`)} <strong>{format.number(counts[of])}</strong>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
