import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { type Group, groupsQuery } from "../api/groups.ts";
import { shownError } from "../api/query-trouble.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconPlus, IconUsers } from "../pieces/icons.ts";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { GroupForm } from "./group-form.tsx";

/** The groups that one is in; administrators may look at all. */
export function GroupsPage() {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const [which, setWhich] = useState<"own" | "all">("own");
  const [making, setMaking] = useState(false);
  const groups = useInfiniteQuery(groupsQuery(which, ""));
  const items = groups.data?.pages.flatMap((page) => page.items) ?? [];
  const isAdmin = known?.account?.is_admin === true;
  const mayMake = isAdmin || known?.features.group_creation === true;
  const action = mayMake && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setMaking(true)}>
      {t("groups.new")}
    </Button>
  );
  return (
    <Page title={t("groups.title")} action={action}>
      {isAdmin && (
        <div className={rows.filters}>
          <NativeSelect
            aria-label={t("groups.whose")}
            value={which}
            onChange={(event) => setWhich(event.currentTarget.value === "all" ? "all" : "own")}
            data={[
              { value: "own", label: t("groups.mine") },
              { value: "all", label: t("groups.all") },
            ]}
          />
        </div>
      )}
      {groups.isPending && <RowsLoading rows={4} />}
      {shownError(groups) !== null && <ReasonCard error={groups.error} onRetry={() => void groups.refetch()} />}
      {groups.data && items.length === 0 && (
        <Empty title={t("groups.empty")} text={t(mayMake ? "groups.emptyMake" : "groups.emptyText")} />
      )}
      <ul className={rows.rows}>
        {items.map((group) => (
          <GroupRow key={group.id} group={group} />
        ))}
      </ul>
      {groups.hasNextPage && (
        <Button variant="subtle" loading={groups.isFetchingNextPage} onClick={() => void groups.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      {making && <GroupForm onClose={() => setMaking(false)} />}
    </Page>
  );
}

function GroupRow({ group }: { group: Group }) {
  const { t } = useTranslation();
  return (
    <li className={rows.row}>
      <IconUsers size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <Link to="/groups/$groupId" params={{ groupId: String(group.id) }} className={rows.link} dir="auto">
          {group.name}
        </Link>
        {group.description && (
          <span className={rows.under} dir="auto">
            {group.description}
          </span>
        )}
      </div>
      <div className={rows.end}>
        <span>{t("groups.members", { count: group.member_count })}</span>
        {group.own_role !== null && <span>{t(`groups.${group.own_role}`)}</span>}
      </div>
    </li>
  );
}
