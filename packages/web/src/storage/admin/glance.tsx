import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { shownError } from "../../api/query-trouble.ts";
import { recountStorage, type StorageOverview, type SubjectFilter } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { When } from "../../pieces/when.tsx";
import { RecountButton } from "../recount-button.tsx";
import { useSize } from "../use-size.ts";
import { BackEnd } from "./back-end.tsx";
import classes from "./glance.module.css";
import { RoomMap } from "./room-map.tsx";

interface GlanceProps {
  readonly overview: UseQueryResult<StorageOverview>;
  readonly only: SubjectFilter | undefined;
  onOnly(only: SubjectFilter | undefined): void;
}

/** The whole: whether it works, how full the disk is, who takes it, and how many need somebody. */
export function Glance({ overview, only, onOnly }: GlanceProps) {
  const { t } = useTranslation();
  if (overview.isPending) return <RowsLoading rows={3} height={110} />;
  if (overview.data === undefined) {
    return <ReasonCard error={overview.error} onRetry={() => void overview.refetch()} />;
  }
  const { data } = overview;
  return (
    <>
      {shownError(overview) !== null && <ReasonCard error={overview.error} />}
      <BackEnd overview={data} />
      {data.people.count + data.groups.count > 0 && (
        <section className={classes.picture} aria-label={t("adminStorage.picture")}>
          <Sums overview={data} />
          <RoomMap used={data.people.used + data.groups.used} />
          <Counts overview={data} only={only} onOnly={onOnly} />
        </section>
      )}
    </>
  );
}

function Sums({ overview: { people, groups, oldest_figure: oldest } }: { overview: StorageOverview }) {
  const { t } = useTranslation();
  const size = useSize();
  return (
    <div className={classes.sums}>
      <p className={classes.total}>
        <span className={classes.figure}>{size(people.used + groups.used)}</span>{" "}
        <span className="quiet">
          {t("adminStorage.usedBy", {
            people: t("adminStorage.people", { count: people.count }),
            groups: t("adminStorage.groups", { count: groups.count }),
          })}
          {people.quota + groups.quota > 0 && (
            <> · {t("adminStorage.promised", { size: size(people.quota + groups.quota) })}</>
          )}
        </span>
      </p>
      <span className={classes.age}>
        {oldest !== null && (
          <span>
            {t("adminStorage.oldest")} <When at={oldest} />
          </span>
        )}
        <RecountButton asOf={oldest} onRecount={() => recountStorage(null)} />
      </span>
    </div>
  );
}

const counts = [
  { of: "over", tone: "bad", only: "over" },
  { of: "near", tone: "warn", only: "near" },
  { of: "problems", tone: "bad", only: "problem" },
] as const;

/** How many need somebody; each leads to its part of the list. */
function Counts({ overview, only: shown, onOnly }: Omit<GlanceProps, "overview"> & { overview: StorageOverview }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const some = counts.filter(({ of, only }) => overview[of] > 0 || only === shown);
  if (some.length === 0) return <p className="quiet">{t("adminStorage.allWell")}</p>;
  return (
    <ul className={classes.counts}>
      {some.map(({ of, tone, only }) => (
        <li key={of}>
          <button
            type="button"
            className={classes.count}
            aria-pressed={shown === only}
            onClick={() => onOnly(shown === only ? undefined : only)}
          >
            <span className={classes.dot} data-tone={tone} aria-hidden="true" />
            {t(`adminStorage.only_${only}`)} <strong>{format.number(overview[of])}</strong>
          </button>
        </li>
      ))}
    </ul>
  );
}
