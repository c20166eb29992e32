import { Button, Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AnyServer } from "../../api/hub-admin.ts";
import { IconExternalLink } from "../../pieces/icons.ts";
import { nameOfPerson } from "../../pieces/person-name.ts";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import { AnyServerChip } from "./any-server-chip.tsx";
import classes from "./hub-admin.module.css";
import { canStop } from "./stop-servers.tsx";

interface AnyServerRowProps {
  readonly server: AnyServer;
  readonly isChosen: boolean;
  onChoose(servers: readonly AnyServer[], isChosen: boolean): void;
  onOpen(): void;
}

/** One server: whose, since when, when it was used last; chosen, and opened for its owner. */
export function AnyServerRow({ server, isChosen, onChoose, onOpen }: AnyServerRowProps) {
  const { t } = useTranslation();
  const { user, server: name, account, started_at: started, last_activity: used } = server;
  const whose = account === null ? user : nameOfPerson(account);
  const called = name === "" ? whose : t("adminHub.named", { whose, name });
  return (
    <div className={classes.row}>
      <span className={classes.tick}>
        {canStop(server) && (
          <Checkbox
            aria-label={t("adminHub.choose", { name: called })}
            checked={isChosen}
            onChange={(event) => onChoose([server], event.currentTarget.checked)}
          />
        )}
      </span>
      <div className={rows.main}>
        <span className="clip">
          {account === null ? (
            <bdi className={classes.who}>{user}</bdi>
          ) : (
            <Link to="/people/$personId" params={{ personId: String(account.id) }} className={classes.who}>
              <bdi>{whose}</bdi>
            </Link>
          )}
          {name !== "" && (
            <>
              {" "}
              <bdi className="mono quiet">{name}</bdi>
            </>
          )}
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          <span>{account === null ? t("adminHub.nobodysHere") : <bdi>{user}</bdi>}</span>
          {started !== null && server.state !== "stopped" && (
            <span>
              {t("adminHub.started")} <When at={started} />
            </span>
          )}
          {used !== null && (
            <span>
              {t("adminHub.used")} <When at={used} />
            </span>
          )}
          {server.state === "stopped" && server.stopped_at !== null && (
            <span>
              {t("adminHub.ended")} <When at={server.stopped_at} />
            </span>
          )}
        </span>
      </div>
      <span className={classes.state}>
        <AnyServerChip server={server} />
      </span>
      {server.state === "ready" && server.stop_wanted === null && account !== null && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconExternalLink size={16} aria-hidden="true" />}
          aria-label={t("adminHub.openOf", { name: called })}
          onClick={onOpen}
        >
          {t("adminHub.open")}
        </Button>
      )}
    </div>
  );
}
