import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PEOPLE_RANKS, type PersonRuns, peopleRunsQuery } from "../../api/admin-activity.ts";
import { Empty } from "../../pieces/empty.tsx";
import { LongList } from "../../pieces/long-list.tsx";
import { Section } from "../../pieces/page.tsx";
import { ActivityFrame } from "./activity-frame.tsx";
import classes from "./admin-activity.module.css";
import { Glance } from "./glance.tsx";
import { PersonRunsRow } from "./person-runs-row.tsx";

const route = getRouteApi("/signed-in/admin/admin/activity");
const keyOf = ({ account }: PersonRuns) => account.id;
const showRow = (one: PersonRuns) => <PersonRunsRow runs={one} />;

/** What everybody runs, in figures: the whole, then person by person. */
export function PeopleRunsPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const sort = PEOPLE_RANKS.find((one) => one === search.sort) ?? "last";
  const people = useInfiniteQuery(peopleRunsQuery(sort));
  return (
    <ActivityFrame title={t("adminActivity.title")}>
      <Glance />
      <Section title={t("adminActivity.people")}>
        <fieldset className={classes.sorts} aria-label={t("adminActivity.order")}>
          <span className="quiet small" aria-hidden="true">
            {t("adminActivity.order")}
          </span>
          {PEOPLE_RANKS.map((one) => (
            <button
              key={one}
              type="button"
              className={classes.sort}
              aria-pressed={one === sort}
              onClick={() => void navigate({ search: { sort: one }, replace: true, resetScroll: false })}
            >
              {t(`adminActivity.sort.${one}`)}
            </button>
          ))}
        </fieldset>
        <LongList
          key={sort}
          label={t("adminActivity.people")}
          query={people}
          keyOf={keyOf}
          rowHeight={60}
          lines
          empty={<Empty title={t("adminActivity.empty")} text={t("adminActivity.emptyText")} />}
        >
          {showRow}
        </LongList>
      </Section>
    </ActivityFrame>
  );
}
