import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { hubQuery } from "../../api/hub.ts";
import { IconExternalLink } from "../../pieces/icons.ts";
import { Page } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { CancelStart } from "../cancel-start.tsx";
import { Cause } from "../cause.tsx";
import classes from "../hub.module.css";
import { Progress } from "../progress.tsx";
import { BackAgain } from "./back-again.tsx";
import { useWayIn } from "./use-way-in.ts";

const route = getRouteApi("/signed-in/jupyter/open");

/** The address that leads into Jupyter, and starts it where that is needed; it ends there, or says what to do. */
export function OpenPage() {
  const { t } = useTranslation();
  const { server = "" } = route.useSearch();
  return (
    <Page
      title={server === "" ? t("jupyter.way.title") : t("jupyter.way.titleNamed", { name: server })}
      above={<Link to="/jupyter">{t("jupyter.title")}</Link>}
    >
      <div className={classes.way}>
        <WayIn key={server} name={server} />
      </div>
    </Page>
  );
}

function WayIn({ name }: { name: string }) {
  const { t } = useTranslation();
  const { data: hub } = useQuery(hubQuery);
  const { stage, server, again, enter } = useWayIn(name);
  switch (stage.at) {
    case "looking":
      return <RowsLoading rows={1} height={80} />;
    case "starting":
      return (
        <>
          <Progress launch={stage.launch} />
          <p className="quiet">{t("jupyter.way.stays")}</p>
          {stage.launch !== null && (
            <div className={classes.buttons}>
              <CancelStart server={{ server: name, launch: stage.launch }} />
            </div>
          )}
        </>
      );
    case "opening":
      return <p role="status">{t("jupyter.way.opening")}</p>;
    case "left":
      return <p role="status">{t("jupyter.way.left")}</p>;
    case "back":
      return <BackAgain hub={hub} onAgain={again} onBare={() => enter(true)} isRunning={server?.state === "ready"} />;
    case "gone":
      return (
        <Told title={t("jupyter.way.goneTitle")} text={t("jupyter.way.goneText")}>
          <Button size="lg" onClick={again}>
            {t("jupyter.startAgain")}
          </Button>
        </Told>
      );
    case "turned-up":
      return (
        <Told title={t("jupyter.way.readyTitle")} text={t("jupyter.way.readyText")}>
          <Button
            size="lg"
            leftSection={<IconExternalLink size={22} aria-hidden="true" className="along" />}
            onClick={() => enter()}
          >
            {t("jupyter.open")}
          </Button>
        </Told>
      );
    case "not-now":
      return (
        <Cause cause={stage.cause} number={stage.number} onAgain={again}>
          <ToHome />
        </Cause>
      );
    case "trouble":
      return <ReasonCard title={t("jupyter.way.notOpened")} error={stage.error} onRetry={again} />;
  }
}

function Told({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <>
      <div role="status">
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      <div className={classes.buttons}>
        {children}
        <ToHome />
      </div>
    </>
  );
}

function ToHome() {
  const { t } = useTranslation();
  return (
    <Button variant="subtle" renderRoot={(props) => <Link to="/" {...props} />}>
      {t("jupyter.toHome")}
    </Button>
  );
}
