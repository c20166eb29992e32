import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { type Group, membersQuery } from "../api/groups.ts";
import { shownError } from "../api/query-trouble.ts";
import { IconPlus } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { AddMembers } from "./add-members.tsx";
import { MemberRow } from "./member-row.tsx";

/** Everybody in a group; its owners and administrators add, remove, and make owners. */
export function Members({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const [adding, setAdding] = useState(false);
  const members = useInfiniteQuery(membersQuery(group.id));
  const items = members.data?.pages.flatMap((page) => page.items) ?? [];
  const action = group.may_manage && !group.built_in && (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconPlus size={16} aria-hidden="true" />}
      onClick={() => setAdding(true)}
    >
      {t("groups.add")}
    </Button>
  );
  return (
    <Section title={t("groups.members", { count: group.member_count })} action={action}>
      {members.isPending && <RowsLoading rows={3} />}
      {shownError(members) !== null && <ReasonCard error={members.error} onRetry={() => void members.refetch()} />}
      {members.data && items.length === 0 && <p className="quiet">{t("groups.noMembers")}</p>}
      <ul className={rows.rows}>
        {items.map((member) => (
          <MemberRow
            key={member.account_id}
            group={group}
            member={member}
            self={member.account_id === known?.account?.id}
          />
        ))}
      </ul>
      {members.hasNextPage && (
        <Button variant="subtle" loading={members.isFetchingNextPage} onClick={() => void members.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      {adding && <AddMembers group={group} onClose={() => setAdding(false)} />}
    </Section>
  );
}
