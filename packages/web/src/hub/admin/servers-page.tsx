import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { type AnyServer, type AnyServerFilter, anyServersQuery } from "../../api/hub-admin.ts";
import { Empty } from "../../pieces/empty.tsx";
import { Filters } from "../../pieces/filters.tsx";
import { LongList } from "../../pieces/long-list.tsx";
import { PersonFilter } from "../../pieces/person-filter.tsx";
import { AnyServerRow } from "./any-server-row.tsx";
import classes from "./hub-admin.module.css";
import { HubFrame } from "./hub-frame.tsx";
import { OpenAs } from "./open-as.tsx";
import { canStop, StopServers } from "./stop-servers.tsx";
import { useChosenServers } from "./use-chosen-servers.ts";

const route = getRouteApi("/signed-in/admin/admin/hub/servers");
export const keyOfServer = ({ user, server }: AnyServer) => `${user}/${server}`;
const states = ["live", "starting", "ready", "stopping", "stopped"] as const;

/** Everybody's servers at the hub: whose, since when, used when last; many of them stopped at once. */
export function HubServersPage() {
  const { t } = useTranslation();
  const { search, filter, go, isFiltered } = useFilter();
  const servers = useInfiniteQuery({ ...anyServersQuery(filter), placeholderData: keepPreviousData });
  const rows = servers.data?.pages.flatMap(({ items }) => items) ?? [];
  const { chosen, choose, clear } = useChosenServers(rows);
  const [opening, setOpening] = useState<AnyServer | null>(null);
  const stoppable = rows.filter(canStop);
  const showRow = useCallback(
    (server: AnyServer) => (
      <AnyServerRow
        server={server}
        isChosen={chosen.has(keyOfServer(server))}
        onChoose={choose}
        onOpen={() => setOpening(server)}
      />
    ),
    [chosen, choose],
  );
  return (
    <HubFrame title={t("adminHub.servers")}>
      <Filters label={t("adminHub.filters")} set={Object.keys(search).length}>
        <PersonFilter
          label={t("adminSessions.person")}
          value={search.person ?? ""}
          onChange={(person) => go({ ...search, person })}
        />
        <NativeSelect
          label={t("adminHub.state")}
          value={filter.state ?? ""}
          onChange={(event) => go({ ...search, state: event.currentTarget.value })}
          data={[
            { value: "", label: t("common.all") },
            ...states.map((value) => ({ value, label: t(`adminHub.stateIs.${value}`) })),
          ]}
        />
        <Checkbox
          className="tick"
          label={t("adminHub.nobodys")}
          checked={filter.nobodys === true}
          onChange={(event) => go({ ...search, nobodys: event.currentTarget.checked ? "true" : "" })}
        />
      </Filters>
      <div className={classes.many}>
        {chosen.size === 0 && stoppable.length > 1 && (
          <Button variant="subtle" onClick={() => choose(stoppable, true)}>
            {t("adminHub.chooseAll", { count: stoppable.length })}
          </Button>
        )}
        <StopServers servers={[...chosen.values()]} onDone={clear} />
      </div>
      <LongList
        label={t("adminHub.servers")}
        query={servers}
        keyOf={keyOfServer}
        rowHeight={64}
        lines
        empty={
          <Empty
            title={t(isFiltered ? "adminHub.noneFits" : "adminHub.noServers")}
            text={t(isFiltered ? "adminHub.noneFitsText" : "adminHub.noServersText")}
            action={
              isFiltered && (
                <Button variant="default" onClick={() => go({})}>
                  {t("adminSessions.clear")}
                </Button>
              )
            }
          />
        }
      >
        {showRow}
      </LongList>
      {opening && <OpenAs server={opening} onClose={() => setOpening(null)} />}
    </HubFrame>
  );
}

function useFilter() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const state = states.find((one) => one === search.state);
  const filter: AnyServerFilter = {
    ...(state ? { state } : {}),
    ...(search.person ? { person: search.person } : {}),
    ...(search.nobodys === "true" ? { nobodys: true } : {}),
  };
  const go = (next: typeof search) =>
    void navigate({
      replace: true,
      resetScroll: false,
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")),
    });
  return { search, filter, go, isFiltered: Object.keys(search).length > 0 };
}
