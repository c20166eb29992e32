import { NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import {
  type Delivery,
  type DeliveryState,
  deliveriesQuery,
  eventKindsQuery,
  newestDeliveries,
  type Reach,
  type Webhook,
} from "../api/webhooks.ts";
import { Empty } from "../pieces/empty.tsx";
import { useFreshRows } from "../pieces/fresh-rows.ts";
import { LongList } from "../pieces/long-list.tsx";
import { Section } from "../pieces/page.tsx";
import rows from "../pieces/rows.module.css";
import { deliveryStates } from "./chips.tsx";
import { DeliveryDialog } from "./delivery-dialog.tsx";
import { DeliveryRow } from "./delivery-row.tsx";
import { useEventWords } from "./event-words.ts";
import { ReplayFailed } from "./replay-failed.tsx";

const keyOf = ({ id }: Delivery) => id;

interface LogSearch {
  readonly state?: string;
  readonly type?: string;
  readonly delivery?: string;
}

/** What was sent, the newest first; one of them open. */
export function DeliveryLog({ webhook, reach }: { webhook: Webhook; reach: Reach }) {
  const { t } = useTranslation();
  const search: LogSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const state = deliveryStates.find((one) => one === search.state);
  const filter = { ...(state ? { state } : {}), ...(search.type ? { type: search.type } : {}) };
  const log = useInfiniteQuery(deliveriesQuery(reach, webhook.id, filter));
  const newest = useQuery(newestDeliveries(reach, webhook.id, filter));
  const fresh = useFreshRows(log.data, newest.data);
  const go = useCallback(
    (next: { readonly [name in keyof LogSearch]?: string | undefined }) => {
      const merged = Object.entries({ ...search, ...next }).filter(([, value]) => value !== undefined && value !== "");
      void navigate({ to: ".", search: Object.fromEntries(merged), replace: true, resetScroll: false });
    },
    [navigate, search],
  );
  const showRow = useCallback(
    (delivery: Delivery) => <DeliveryRow delivery={delivery} onOpen={() => go({ delivery: String(delivery.id) })} />,
    [go],
  );
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Section title={t("webhooks.log")} action={<ReplayFailed webhook={webhook} reach={reach} />}>
      <LogFilters state={state} type={search.type ?? ""} onChange={go} />
      <LongList
        label={t("webhooks.log")}
        query={log}
        rows={fresh}
        keyOf={keyOf}
        rowHeight={64}
        lines
        empty={
          <Empty
            title={t(isFiltered ? "webhooks.noMatch" : "webhooks.logEmpty")}
            text={t(isFiltered ? "webhooks.noMatchText" : "webhooks.logEmptyText")}
          />
        }
      >
        {showRow}
      </LongList>
      {search.delivery !== undefined && (
        <DeliveryDialog
          key={search.delivery}
          reach={reach}
          webhook={webhook}
          delivery={Number(search.delivery)}
          onOpen={(id) => go({ delivery: String(id) })}
          onClose={() => go({ delivery: undefined })}
        />
      )}
    </Section>
  );
}

interface LogFiltersProps {
  readonly state: DeliveryState | undefined;
  readonly type: string;
  onChange(next: { readonly state?: string; readonly type?: string }): void;
}

function LogFilters({ state, type, onChange }: LogFiltersProps) {
  const { t } = useTranslation();
  const words = useEventWords();
  const { data: kinds } = useQuery(eventKindsQuery);
  return (
    <search className={rows.filters} aria-label={t("webhooks.filters")}>
      <NativeSelect
        label={t("webhooks.stateLabel")}
        value={state ?? ""}
        onChange={(event) => onChange({ state: event.currentTarget.value })}
        data={[
          { value: "", label: t("common.all") },
          ...deliveryStates.map((value) => ({ value, label: t(`webhooks.delivery.${value}`) })),
        ]}
      />
      <NativeSelect
        label={t("webhooks.eventLabel")}
        value={type}
        onChange={(event) => onChange({ type: event.currentTarget.value })}
        data={[
          { value: "", label: t("common.all") },
          ...(kinds?.items ?? []).map((kind) => ({ value: kind.type, label: words.of(kind.type) })),
        ]}
      />
    </search>
  );
}
