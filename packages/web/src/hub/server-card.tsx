import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { HubServer, OwnHub } from "../api/hub.ts";
import { IconExternalLink, IconNotebook, IconPlayerPlay } from "../pieces/icons.ts";
import { StateChip } from "../pieces/state-chip.tsx";
import { CancelStart } from "./cancel-start.tsx";
import { Cause } from "./cause.tsx";
import classes from "./hub.module.css";
import { Progress } from "./progress.tsx";
import { failedLaunch, goesOn, lookOf, type ServerLook } from "./server-look.ts";
import { Silence } from "./silence.tsx";
import { SoonIdle } from "./soon-idle.tsx";
import { StopServer } from "./stop-server.tsx";
import { StoppedBecause } from "./stopped-because.tsx";
import { useServerName } from "./use-server-name.ts";
import { forgetSent } from "./way-in/sent-mark.ts";

interface ServerCardProps {
  readonly hub: OwnHub;
  readonly server: HubServer;
  /** What else is at hand, beside the button. */
  readonly more?: ReactNode;
}

/** One server at the hub: how it stands, the one button that leads into it, and what stands in the way. */
export function ServerCard({ hub, server, more }: ServerCardProps) {
  const { t } = useTranslation();
  const nameOf = useServerName();
  const look = lookOf(server);
  const failed = failedLaunch(server);
  return (
    <section className={classes.card} aria-label={nameOf(server.server)} data-state={look}>
      <div className={classes.top}>
        <IconNotebook size={30} stroke={1.5} aria-hidden="true" className={classes.picture} />
        <div className={classes.words}>
          <h2 className={classes.name}>
            <bdi>{nameOf(server.server)}</bdi>
          </h2>
          <StateChip domain="hub" state={look} since={look === "ready" ? server.started_at : null} />
        </div>
        {look !== "starting" && look !== "stopping" && <Way server={server.server} look={look} />}
        {look === "starting" && <CancelStart server={server} />}
      </div>
      {look !== "starting" && <Silence silence={hub.silence} />}
      {look === "starting" && <Progress launch={goesOn(server.launch) ? server.launch : null} />}
      {look === "stopping" && <p className="quiet small">{t("jupyter.ending")}</p>}
      {failed !== null && <Cause cause={failed.cause} number={failed.operation_id} />}
      {look === "stopped" && failed === null && (
        <>
          {server.stopped_at === null && server.server === "" && <p className="quiet small">{t("jupyter.what")}</p>}
          <StoppedBecause server={server} idleMinutes={hub.idle_minutes} />
        </>
      )}
      <SoonIdle server={server} />
      {(more || look === "ready") && (
        <div className={classes.buttons}>
          {more}
          {look === "ready" && <StopServer server={server.server} />}
        </div>
      )}
    </section>
  );
}

/** One press leads into it, whether it runs or has to be started. */
function Way({ server, look }: { server: string; look: ServerLook }) {
  const { t } = useTranslation();
  const opens = look === "ready";
  const Icon = opens ? IconExternalLink : IconPlayerPlay;
  const word = opens ? "open" : "start";
  return (
    <Button
      size="lg"
      leftSection={<Icon size={22} aria-hidden="true" className="along" />}
      renderRoot={(props) => (
        // Whoever presses means it, however short ago they were there.
        <Link
          to="/jupyter/open"
          search={server === "" ? {} : { server }}
          preload={false}
          onClick={forgetSent}
          {...props}
        />
      )}
    >
      {server === "" ? t(`jupyter.${word}`) : t(`jupyter.${word}Named`, { name: server })}
    </Button>
  );
}
