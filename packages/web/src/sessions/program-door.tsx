import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { OpenDoor } from "./open-door.tsx";
import classes from "./session-page.module.css";

const SessionLog = lazy(() => import("./log/session-log.tsx"));

/** A program with pages of its own: the way in, and what it prints for who wants to know. */
export function ProgramDoor({ session }: { session: Session }) {
  const { t } = useTranslation();
  const [logShown, setLogShown] = useState(false);
  return (
    <>
      <OpenDoor session={session} about={t("door.about")} />
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
