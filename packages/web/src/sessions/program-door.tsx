import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import { IconExternalLink } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { useOpenSession } from "./open-session.ts";
import classes from "./session-page.module.css";

const SessionLog = lazy(() => import("./session-log.tsx"));

/** A program with pages of its own: the way in, and what it prints for who wants to know. */
export function ProgramDoor({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { nameOf, iconOf } = useJobTypes();
  const open = useOpenSession(session.id);
  const [logShown, setLogShown] = useState(false);
  const TypeIcon = iconOf(session.job_type);
  const name = nameOf(session.job_type);
  return (
    <>
      <div className={classes.waiting} data-ready>
        <TypeIcon size={56} stroke={1.25} aria-hidden="true" className={classes.picture} />
        <Button
          size="md"
          leftSection={<IconExternalLink size={20} aria-hidden="true" />}
          title={t("common.newTab")}
          loading={open.isPending}
          onClick={() => open.mutate()}
        >
          {t("door.open", { name })}
        </Button>
        <p className="quiet">{t("door.about")}</p>
        {open.isError && <ReasonCard error={open.error} />}
      </div>
      <details className={classes.logAside} onToggle={(event) => setLogShown(event.currentTarget.open)}>
        <summary>{t("door.log")}</summary>
        {logShown && (
          <Suspense fallback={<RowsLoading rows={1} height={320} />}>
            <SessionLog sessionId={session.id} live />
          </Suspense>
        )}
      </details>
    </>
  );
}
