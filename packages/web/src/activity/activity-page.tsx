import { Button } from "@mantine/core";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { OperationFilters } from "../operations/operation-filters.tsx";
import { OperationList } from "../operations/operation-list.tsx";
import { Empty } from "../pieces/empty.tsx";
import { Page } from "../pieces/page.tsx";
import { ActivityTabs } from "./activity-tabs.tsx";

const route = getRouteApi("/signed-in/activity/operations");

/** What the person had done, step by step while it runs. */
export function ActivityPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/activity/operations" });
  const { state = "", kind = "" } = search;
  const isFiltered = state !== "" || kind !== "";
  const set = (name: "state" | "kind", value: string) => {
    const { [name]: _, ...rest } = search;
    void navigate({ search: value === "" ? rest : { ...rest, [name]: value }, replace: true, resetScroll: false });
  };
  return (
    <Page title={t("activity.title")}>
      <ActivityTabs />
      <OperationFilters
        label={t("activity.filters")}
        set={Object.keys(search).length}
        state={state}
        kind={kind}
        onState={(next) => set("state", next)}
        onKind={(next) => set("kind", next)}
      />
      <OperationList
        label={t("activity.title")}
        filter={{ mine: true, ...(state ? { state } : {}), ...(kind ? { kind } : {}) }}
        empty={
          isFiltered ? (
            <Empty
              title={t("activity.noMatch")}
              text={t("activity.noMatchText")}
              action={
                <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                  {t("adminSessions.clear")}
                </Button>
              }
            />
          ) : (
            <Empty title={t("activity.empty")} text={t("activity.emptyWill")} />
          )
        }
      />
    </Page>
  );
}
