import { Button, NativeSelect } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { type Webhook, type WebhookFilter, type WebhookState, webhooksQuery } from "../api/webhooks.ts";
import { Empty } from "../pieces/empty.tsx";
import { Filters } from "../pieces/filters.tsx";
import { IconPlus } from "../pieces/icons.ts";
import { LongList } from "../pieces/long-list.tsx";
import { PersonFilter } from "../pieces/person-filter.tsx";
import { usePersonId } from "../pieces/use-person-id.ts";
import { SystemPage } from "../system/system-page.tsx";
import { ExampleReceiver } from "./example-receiver.tsx";
import { NewWebhook } from "./new-webhook.tsx";
import { WebhookRow } from "./webhook-row.tsx";

const route = getRouteApi("/signed-in/admin/system/webhooks");
const keyOf = ({ id }: Webhook) => id;
const states: readonly WebhookState[] = ["on", "paused", "off"];

/** Everybody's webhooks: what leaves here, to where, and whether it arrives. */
export function AllWebhooksPage() {
  const { t } = useTranslation();
  const [making, setMaking] = useState(false);
  const { data: session } = useQuery(sessionQuery);
  const { filter, search, go, isFiltered, nobody } = useFilter();
  const webhooks = useInfiniteQuery({ ...webhooksQuery("everybody", filter), placeholderData: keepPreviousData });
  const self = session?.account?.id;
  // One's own have more to them: the address, the secret.
  const showRow = useCallback(
    (webhook: Webhook) => <WebhookRow webhook={webhook} reach={webhook.owner.id === self ? "own" : "everybody"} />,
    [self],
  );
  const empty = isFiltered ? (
    <Empty
      title={t("webhooks.noneFits")}
      text={t("webhooks.noneFitsText")}
      action={
        <Button variant="default" onClick={() => go({})}>
          {t("adminSessions.clear")}
        </Button>
      }
    />
  ) : (
    <ExampleReceiver />
  );
  return (
    <SystemPage
      title={t("webhooks.allTitle")}
      action={
        <Button leftSection={<IconPlus size={18} aria-hidden="true" />} onClick={() => setMaking(true)}>
          {t("webhooks.new")}
        </Button>
      }
    >
      <p className="quiet">{t("webhooks.allLead")}</p>
      <Filters label={t("webhooks.filters")} set={Object.keys(search).length}>
        <PersonFilter
          label={t("webhooks.owner")}
          value={search.person ?? ""}
          onChange={(person) => go({ ...search, person })}
        />
        <NativeSelect
          label={t("webhooks.stateLabel")}
          value={filter.state ?? ""}
          onChange={(event) => go({ ...search, state: event.currentTarget.value })}
          data={[
            { value: "", label: t("common.all") },
            ...states.map((value) => ({ value, label: t(`webhooks.state.${value}`) })),
          ]}
        />
      </Filters>
      {nobody ? (
        empty
      ) : (
        <LongList label={t("webhooks.allTitle")} query={webhooks} keyOf={keyOf} rowHeight={68} lines empty={empty}>
          {showRow}
        </LongList>
      )}
      {making && <NewWebhook onClose={() => setMaking(false)} />}
    </SystemPage>
  );
}

/** What the address asks for; the server takes a person by their number. */
function useFilter() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { person = "" } = search;
  const { id, nobody } = usePersonId(person);
  const state = states.find((one) => one === search.state);
  const filter: WebhookFilter = {
    ...(state ? { state } : {}),
    ...(id === undefined ? {} : { account_id: id }),
  };
  const go = (next: { readonly person?: string; readonly state?: string }) =>
    void navigate({
      replace: true,
      resetScroll: false,
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")),
    });
  const isFiltered = Object.keys(search).length > 0;
  return { filter, search, go, isFiltered, nobody };
}
