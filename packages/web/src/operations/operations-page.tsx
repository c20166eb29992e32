import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { newestOperations, type OperationFilter, operationQuery } from "../api/operations.ts";
import { Empty } from "../pieces/empty.tsx";
import { FilterText } from "../pieces/filter-text.tsx";
import { Page, Section } from "../pieces/page.tsx";
import { PersonFilter } from "../pieces/person-filter.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { SinceSelect, useSince } from "../pieces/since-select.tsx";
import { FailedBulk } from "./failed-bulk.tsx";
import { OperationActions } from "./operation-actions.tsx";
import { OperationFilters } from "./operation-filters.tsx";
import { OperationList } from "./operation-list.tsx";
import { OperationRow } from "./operation-row.tsx";

const route = getRouteApi("/signed-in/admin/operations");

type Search = ReturnType<typeof route.useSearch>;

/** Everybody's operations, for administrators: what failed first, then everything. */
export function OperationsPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/operations" });
  const { state = "", kind = "", person = "", since = "", id = "" } = search;
  const filter = useFilter(search);
  const set = (name: "state" | "kind" | "person" | "since" | "id", value: string) => {
    const { [name]: _, ...rest } = search;
    void navigate({ search: value === "" ? rest : { ...rest, [name]: value }, replace: true, resetScroll: false });
  };
  const isUnfiltered = Object.keys(search).length === 0;
  const failed = kind !== "" && (state === "unseen" || state === "failed");
  return (
    <Page title={t("operations.title")}>
      <OperationFilters
        label={t("operations.title")}
        set={Object.keys(search).length}
        state={state}
        kind={kind}
        unseen
        onState={(next) => set("state", next)}
        onKind={(next) => set("kind", next)}
      >
        <PersonFilter label={t("operations.person")} value={person} onChange={(next) => set("person", next)} />
        <SinceSelect label={t("operations.since")} value={since} onChange={(next) => set("since", next)} />
        <FilterText
          className="wide"
          dir="ltr"
          label={t("operations.id")}
          placeholder={t("operations.idHint")}
          value={id}
          onChange={(next) => set("id", next)}
        />
      </OperationFilters>
      {id !== "" && <One id={id} />}
      {id === "" && failed && <FailedBulk kind={kind} />}
      {id === "" && isUnfiltered && <Unseen />}
      {id === "" && (
        <Section title={t("operations.all")}>
          <OperationList
            label={t("operations.list")}
            filter={filter}
            asOperator
            // The failures to look at stand open above.
            opens={!isUnfiltered}
            empty={
              isUnfiltered ? (
                <Empty title={t("activity.empty")} text={t("activity.emptyWill")} />
              ) : (
                <Empty
                  title={t("operations.empty")}
                  text={t("operations.emptyText")}
                  action={
                    <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                      {t("adminSessions.clear")}
                    </Button>
                  }
                />
              )
            }
          />
        </Section>
      )}
    </Page>
  );
}

function useFilter({ state, kind, person, since }: Search): OperationFilter {
  const moment = useSince(since);
  return {
    ...(state === "unseen" ? { unseen: true } : state ? { state } : {}),
    ...(kind ? { kind } : {}),
    ...(person ? { person } : {}),
    ...(moment ? { since: moment } : {}),
  };
}

/** What failed and nobody has looked at, before everything else; nothing when there is none. */
function Unseen() {
  const { t } = useTranslation();
  const { data } = useQuery(newestOperations({ unseen: true }));
  const items = data?.items.slice(0, 5) ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t("operations.unseenTitle")}>
      <ul className={rows.rows}>
        {items.map((operation) => (
          <OperationRow
            key={operation.id}
            operation={operation}
            actions={<OperationActions operation={operation} asOperator />}
          />
        ))}
      </ul>
    </Section>
  );
}

/** The one whose id was given. */
function One({ id }: { id: string }) {
  const { t } = useTranslation();
  const operation = useQuery({ ...operationQuery(id), retry: false });
  if (operation.isPending) return <RowsLoading rows={1} />;
  if (operation.data === undefined) {
    if (asApiError(operation.error).status === 404) {
      return <Empty title={t("operations.missing")} text={t("operations.missingText")} />;
    }
    return <ReasonCard error={operation.error} onRetry={() => void operation.refetch()} />;
  }
  const { state } = operation.data;
  return (
    <ul className={rows.rows}>
      <OperationRow
        key={state}
        operation={operation.data}
        isOpen
        actions={<OperationActions operation={operation.data} asOperator />}
      />
    </ul>
  );
}
