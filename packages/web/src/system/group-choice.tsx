import { NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { groupsQuery } from "../api/groups.ts";
import { shownError } from "../api/query-trouble.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";

/** One of all groups of people, as the field `group_id`. @param chosen its id, or nothing */
export function GroupChoice({ chosen }: { chosen: string }) {
  const { t } = useTranslation();
  const groups = useInfiniteQuery(groupsQuery("all", ""));
  const items = groups.data?.pages.flatMap((page) => page.items).filter((group) => !group.built_in) ?? [];
  if (shownError(groups) !== null) return <ReasonCard error={groups.error} onRetry={() => void groups.refetch()} />;
  return (
    <NativeSelect
      // The field owns its value: it begins anew once there is something to choose.
      key={String(groups.isPending)}
      name="group_id"
      label={t("system.group")}
      description={groups.data && items.length === 0 ? t("system.noGroups") : undefined}
      defaultValue={chosen}
      required
      withAsterisk={false}
      disabled={groups.isPending}
      data={[
        { value: "", label: t("system.chooseGroup") },
        ...items.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
    />
  );
}
