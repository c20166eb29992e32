import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type HubDrift, hubDriftQuery } from "../../api/hub-admin.ts";
import { shownError } from "../../api/query-trouble.ts";
import { Section } from "../../pieces/page.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { When } from "../../pieces/when.tsx";
import classes from "./hub-admin.module.css";
import { Unlink } from "./unlink.tsx";

/** Where the hub and Stoa do not agree; nothing is mended by itself. */
export function Drift() {
  const { t } = useTranslation();
  const drift = useQuery(hubDriftQuery);
  const { data } = drift;
  return (
    <Section title={t("adminHub.drift")}>
      {drift.isPending && <RowsLoading rows={2} />}
      {shownError(drift) !== null && <ReasonCard error={drift.error} onRetry={() => void drift.refetch()} />}
      {data && <Found drift={data} />}
    </Section>
  );
}

function Found({ drift }: { drift: HubDrift }) {
  const { t } = useTranslation();
  const { listed_at: at, missing, orphans, servers } = drift;
  if (at === null) return <p className="quiet">{t("adminHub.notListed")}</p>;
  const agrees = missing.count + orphans.count + servers.count === 0;
  return (
    <>
      <p className="quiet small">
        {t("adminHub.listed")} <When at={at} />
      </p>
      {agrees && <p>{t("adminHub.agrees")}</p>}
      {missing.count > 0 && (
        <details className={classes.more} open>
          <summary>{t("adminHub.missing", { count: missing.count })}</summary>
          <p className="quiet small">{t("adminHub.missingText")}</p>
          <ul className={classes.driftRows}>
            {missing.items.map(({ account, name, perhaps_now: now }) => (
              <li key={account.id}>
                <span>
                  <Link to="/people/$personId" params={{ personId: String(account.id) }}>
                    <bdi>{nameOfPerson(account)}</bdi>
                  </Link>{" "}
                  <bdi className="mono quiet">{name}</bdi>
                  {now.length > 0 && (
                    <span className="small">
                      {" "}
                      {t("adminHub.perhapsNow")} <bdi className="mono">{now.join(", ")}</bdi>
                    </span>
                  )}
                </span>
                <Unlink account={account} name={name} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {orphans.count > 0 && <p>{t("adminHub.orphans", { count: orphans.count })}</p>}
      {servers.count > 0 && (
        <p>
          <Link to="/admin/hub/servers" search={{ nobodys: "true", state: "live" }}>
            {t("adminHub.nobodysServers", { count: servers.count })}
          </Link>
        </p>
      )}
    </>
  );
}
