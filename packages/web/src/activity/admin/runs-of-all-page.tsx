import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type AnyRun, type AnyRunFilter, anyRunsQuery, newestAnyRuns } from "../../api/admin-activity.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Empty } from "../../pieces/empty.tsx";
import { FilterText } from "../../pieces/filter-text.tsx";
import { Filters } from "../../pieces/filters.tsx";
import { useFreshRows } from "../../pieces/fresh-rows.ts";
import { LongList } from "../../pieces/long-list.tsx";
import { PersonFilter } from "../../pieces/person-filter.tsx";
import { usePersonId } from "../../pieces/use-person-id.ts";
import { ActivityFrame } from "./activity-frame.tsx";
import { AnyRunRow } from "./any-run-row.tsx";

const route = getRouteApi("/signed-in/admin/admin/activity/runs");
const keyOf = ({ id }: AnyRun) => id;
const showRow = (run: AnyRun) => <AnyRunRow run={run} />;
const results = ["success", "error"] as const;

/** What ran, of everybody, the newest first; found by what stands in code or error. */
export function RunsOfAllPage() {
  const { t } = useTranslation();
  const { search, filter, nobody, go } = useFilter();
  return (
    <ActivityFrame title={t("adminActivity.runs")}>
      <Filters label={t("adminActivity.filters")} set={Object.keys(search).length}>
        <FilterText
          label={t("adminActivity.find")}
          placeholder={t("adminActivity.findRule")}
          className="grow"
          value={search.text ?? ""}
          onChange={(text) => go({ ...search, text })}
        />
        <PersonFilter
          label={t("adminSessions.person")}
          value={search.person ?? ""}
          onChange={(person) => go({ ...search, person })}
        />
        <NativeSelect
          label={t("adminActivity.result")}
          value={filter.status ?? ""}
          onChange={(event) => go({ ...search, status: event.currentTarget.value })}
          data={[
            { value: "", label: t("common.all") },
            ...results.map((value) => ({ value, label: t(`adminActivity.${value}`) })),
          ]}
        />
      </Filters>
      <Found filter={filter} nobody={nobody} isFiltered={Object.keys(search).length > 0} onClear={() => go({})} />
    </ActivityFrame>
  );
}

interface FoundProps {
  readonly filter: AnyRunFilter;
  readonly nobody: boolean;
  readonly isFiltered: boolean;
  onClear(): void;
}

function Found({ filter, nobody, isFiltered, onClear }: FoundProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const runs = useInfiniteQuery({ ...anyRunsQuery(filter), enabled: !nobody });
  // A search looks far back each time: it is asked once.
  const newest = useQuery({ ...newestAnyRuns(filter), enabled: !nobody && filter.text === undefined });
  const fresh = useFreshRows(runs.data, newest.data);
  const backTo = runs.data?.pages.at(-1)?.searched_back_to ?? null;
  const empty = isFiltered ? (
    <Empty
      title={t("adminActivity.noMatch")}
      text={t("adminActivity.noMatchText")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("adminSessions.clear")}
        </Button>
      }
    />
  ) : (
    <Empty title={t("adminActivity.empty")} text={t("adminActivity.emptyText")} />
  );
  if (nobody) return empty;
  return (
    <>
      <LongList
        label={t("adminActivity.runs")}
        query={runs}
        rows={fresh}
        keyOf={keyOf}
        rowHeight={84}
        lines
        empty={empty}
      >
        {showRow}
      </LongList>
      <p role="status" className="quiet small">
        {backTo !== null && runs.hasNextPage && t("adminActivity.lookedBack", { time: format.dateTime(backTo) })}
      </p>
    </>
  );
}

/** What the address asks for; the server takes a person by their number, and texts of two characters or more. */
function useFilter() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { id, nobody } = usePersonId(search.person ?? "");
  const status = results.find((one) => one === search.status);
  const text = search.text?.slice(0, 200) ?? "";
  const filter: AnyRunFilter = {
    ...([...text].length >= 2 ? { text } : {}),
    ...(status ? { status } : {}),
    ...(id === undefined ? {} : { account_id: id }),
  };
  const go = (next: typeof search) =>
    void navigate({
      replace: true,
      resetScroll: false,
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")),
    });
  return { search, filter, nobody, go };
}
