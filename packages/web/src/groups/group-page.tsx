import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { sessionQuery } from "../api/auth.ts";
import { type Group, groupQuery } from "../api/groups.ts";
import { replacingError } from "../api/query-trouble.ts";
import { Empty } from "../pieces/empty.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { CoreHourQuota } from "../sessions/core-hours/quota.tsx";
import { Held } from "../storage/held.tsx";
import { DeleteGroup } from "./delete-group.tsx";
import { GroupForm } from "./group-form.tsx";
import { Members } from "./members.tsx";

const route = getRouteApi("/signed-in/groups/$groupId");

export function GroupPage() {
  const { t } = useTranslation();
  const { groupId } = route.useParams();
  const group = useQuery(groupQuery(Number(groupId)));
  const above = <Link to="/groups">{t("groups.title")}</Link>;
  if (group.isPending) {
    return (
      <Page title={t("common.loading")} above={above}>
        <RowsLoading rows={4} />
      </Page>
    );
  }
  const trouble = replacingError(group);
  if (trouble !== null || group.data === undefined) {
    const missing = asApiError(trouble).status === 404;
    return (
      <Page title={t(missing ? "groups.notFound" : "groups.title")}>
        {missing ? (
          <Empty text={t("groups.notFoundText")} action={above} />
        ) : (
          <ReasonCard error={trouble} onRetry={() => void group.refetch()} />
        )}
      </Page>
    );
  }
  return <Loaded group={group.data} />;
}

/** Who is in it, and for those who look after it: name, members, the end. */
function Loaded({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const [doing, setDoing] = useState<"edit" | "delete" | null>(null);
  const changeable = group.may_manage && !group.built_in;
  const action = changeable && (
    <Button variant="default" onClick={() => setDoing("edit")}>
      {t("groups.edit")}
    </Button>
  );
  return (
    <Page title={group.name} above={<Link to="/groups">{t("groups.title")}</Link>} action={action}>
      {group.description && (
        <p className="quiet" dir="auto">
          {group.description}
        </p>
      )}
      {group.built_in && <p className="quiet">{t("groups.builtIn")}</p>}
      <Members group={group} />
      {known?.account?.is_admin && !group.built_in && (
        <>
          <CoreHourQuota holder={{ kind: "groups", id: group.id }} name={group.name} />
          <Held holder={{ group_id: group.id }} name={group.name} />
        </>
      )}
      {changeable && (
        <Button variant="subtle" color="bad" size="compact-sm" onClick={() => setDoing("delete")}>
          {t("groups.delete")}
        </Button>
      )}
      {doing === "edit" && <GroupForm group={group} onClose={() => setDoing(null)} />}
      {doing === "delete" && <DeleteGroup group={group} onClose={() => setDoing(null)} />}
    </Page>
  );
}
