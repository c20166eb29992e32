import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { hubQuery } from "../api/hub.ts";
import { anyServersQuery } from "../api/hub-admin.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { AnyServerChip } from "../hub/admin/any-server-chip.tsx";
import { useLinkOf } from "../hub/admin/use-link-of.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";

/** Who they are at the hub, and what runs there; nothing where there is no hub. */
export function PersonHub({ person }: { person: Person }) {
  const { data: hub } = useQuery(hubQuery);
  return hub?.configured ? <AtHub person={person} /> : null;
}

function AtHub({ person }: { person: Person }) {
  const { t } = useTranslation();
  const servers = useInfiniteQuery(anyServersQuery({ person: String(person.id) }));
  const items = servers.data?.pages[0]?.items ?? [];
  const all = (
    <Link to="/admin/hub/servers" search={{ person: person.username }} className="small">
      {t("adminHub.ofPersonServers")}
    </Link>
  );
  return (
    <Section title={t("adminHub.ofPerson")} action={items.length > 0 && all}>
      <HubName person={person} />
      {servers.isPending && <RowsLoading rows={1} />}
      {shownError(servers) !== null && <ReasonCard error={servers.error} onRetry={() => void servers.refetch()} />}
      <ul className={rows.rows}>
        {items.map((server) => (
          <li key={`${server.user}/${server.server}`} className={rows.row}>
            <div className={rows.main}>
              <bdi className="mono">{server.server === "" ? server.user : `${server.user}/${server.server}`}</bdi>
              {server.last_activity !== null && (
                <span className={rows.under}>
                  {t("adminHub.used")} <When at={server.last_activity} />
                </span>
              )}
            </div>
            <AnyServerChip server={server} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function HubName({ person: { username } }: { person: Person }) {
  const { t } = useTranslation();
  const { link: found } = useLinkOf(username);
  if (found === undefined) return null;
  return (
    <p className={`${rows.under} ${rows.parts}`}>
      {found.name === null ? (
        <span>{t("adminHub.ofPersonNone")}</span>
      ) : (
        <>
          <span>
            {t("adminHub.asUser")} <bdi className="mono">{found.name}</bdi>
          </span>
          <span>{t(`adminHub.linkIs.${found.state}`)}</span>
        </>
      )}
      <span>
        <Link
          to="/admin/hub/people"
          search={{ view: "people", person: username, ...(found.state === "ours" ? { state: "ours" } : {}) }}
        >
          {t("adminHub.tabPeople")}
        </Link>
      </span>
    </p>
  );
}
