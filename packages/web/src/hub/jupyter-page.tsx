import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { hubQuery, type OwnHub } from "../api/hub.ts";
import { replacingError } from "../api/query-trouble.ts";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { Cause } from "./cause.tsx";
import { HubTokens } from "./hub-tokens.tsx";
import { LastStart } from "./last-start.tsx";
import { NamedServers } from "./named-servers.tsx";
import { ServerCard } from "./server-card.tsx";
import { Tips } from "./tips.tsx";

/** One's servers at the hub, and the tokens that lead into them. */
export function JupyterPage() {
  const { t } = useTranslation();
  const hub = useQuery(hubQuery);
  const trouble = replacingError(hub);
  const there = hub.data?.configured === true && trouble === null ? hub.data : null;
  return (
    <Page title={t("jupyter.title")} aside={there !== null && <Tips hub={there} />}>
      {hub.isPending && <RowsLoading rows={2} height={110} />}
      {trouble !== null && <ReasonCard error={trouble} onRetry={() => void hub.refetch()} />}
      {hub.data?.configured === false && <Cause cause="no_hub" number={null} />}
      {there !== null && <Loaded hub={there} />}
    </Page>
  );
}

function Loaded({ hub }: { hub: OwnHub }) {
  const own = hub.servers.find(({ server }) => server === "");
  return (
    <>
      {own && <ServerCard hub={hub} server={own} />}
      {own?.launch && <LastStart key={own.launch.operation_id} launch={own.launch} />}
      <NamedServers hub={hub} />
      <HubTokens />
    </>
  );
}
