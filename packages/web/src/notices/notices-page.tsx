import { Button, NativeSelect, Switch } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Notice, noticePreferencesQuery, noticesQuery, unreadNoticesQuery } from "../api/notices.ts";
import { Empty } from "../pieces/empty.tsx";
import { LongList } from "../pieces/long-list.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { byGroup } from "./kinds.ts";
import { NoticeRow } from "./notice-row.tsx";
import { useMarkRead } from "./use-mark-read.ts";

const route = getRouteApi("/signed-in/notices");
const keyOf = (notice: Notice) => notice.id;

/** Everything that happened to me without my doing. */
export function NoticesPage() {
  const { t } = useTranslation();
  const { unread: only = "", about = "" } = route.useSearch();
  const navigate = useNavigate({ from: "/notices" });
  const preferences = useQuery(noticePreferencesQuery);
  const count = useQuery(unreadNoticesQuery);
  const groups = useMemo(() => byGroup(preferences.data?.items ?? []), [preferences.data]);
  const kinds = groups.find(([group]) => group === about)?.[1].map(({ kind }) => kind) ?? [];
  const notices = useInfiniteQuery({
    ...noticesQuery({ unread: only !== "", kinds }),
    // Which kinds a group has is known in a moment.
    enabled: about === "" || preferences.data !== undefined,
  });
  const { mutate, ...mark } = useMarkRead();
  const show = useCallback(
    (notice: Notice) => <NoticeRow notice={notice} onRead={({ id }) => mutate({ ids: [id] })} />,
    [mutate],
  );
  const narrow = (next: { unread?: string; about?: string }) => {
    const wanted = Object.entries({ unread: only, about, ...next }).filter(([, value]) => value !== "");
    void navigate({ search: Object.fromEntries(wanted), replace: true, resetScroll: false });
  };
  return (
    <Page
      title={t("notices.title")}
      action={
        (count.data?.unread ?? 0) > 0 && (
          <Button variant="default" loading={mark.isPending} onClick={() => mutate({ all: true })}>
            {t("notices.readAll")}
          </Button>
        )
      }
    >
      <search className={rows.filters} aria-label={t("notices.filters")}>
        <NativeSelect
          label={t("notices.about")}
          value={about}
          onChange={(event) => narrow({ about: event.currentTarget.value })}
          data={[
            { value: "", label: t("notices.aboutAny") },
            ...groups.map(([group]) => ({ value: group, label: t(`notices.groups.${group}`) })),
          ]}
        />
        <Switch
          label={t("notices.onlyUnread")}
          checked={only !== ""}
          mb={8}
          onChange={(event) => narrow({ unread: event.currentTarget.checked ? "yes" : "" })}
        />
        <span className="grow" />
        <Button component={Link} to="/notices/choose" variant="subtle">
          {t("notices.choose")}
        </Button>
      </search>
      {mark.isError && <ReasonCard error={mark.error} />}
      <LongList
        label={t("notices.title")}
        query={notices}
        keyOf={keyOf}
        rowHeight={72}
        lines
        empty={<None unread={only !== ""} narrowed={about !== ""} onAll={() => narrow({ unread: "", about: "" })} />}
      >
        {show}
      </LongList>
    </Page>
  );
}

function None({ unread, narrowed, onAll }: { unread: boolean; narrowed: boolean; onAll(): void }) {
  const { t } = useTranslation();
  if (!unread && !narrowed) return <Empty title={t("notices.empty")} text={t("notices.emptyText")} />;
  return (
    <Empty
      title={unread && !narrowed ? t("notices.noneUnread") : t("notices.empty")}
      text={narrowed ? t("notices.noMatchText") : ""}
      action={
        <Button variant="default" onClick={onAll}>
          {t("notices.showAll")}
        </Button>
      }
    />
  );
}
