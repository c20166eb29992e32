import { useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { askServer } from "../api/health.ts";
import { followEvents } from "../api/live-events.ts";
import { reachability, watchServer } from "../api/reachability.ts";
import type { Me } from "../api/types.ts";
import { Acting } from "../people/acting.tsx";
import { UndoProvider } from "../pieces/undo.tsx";
import { Announced } from "../system/announced.tsx";
import { AccountNotices } from "./account-notices.tsx";
import { AwayNotice } from "./away-notice.tsx";
import { BottomBar } from "./bottom-bar.tsx";
import { returnFocusAfterDialogs } from "./dialog-focus.ts";
import classes from "./frame.module.css";
import { Overlays } from "./overlays.tsx";
import { Rail } from "./rail.tsx";
import { RouteAnnouncer } from "./route-announcer.tsx";
import { SessionNotices } from "./session-notices.tsx";

/** Everything around a page while somebody is signed in. */
export function Frame({ account }: { account: Me }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  // One stream for the whole portal, as long as this person is signed in.
  useEffect(() => followEvents(client), [client]);
  useEffect(returnFocusAfterDialogs, []);
  useEffect(() => watchServer(reachability, askServer, () => void client.invalidateQueries()), [client]);
  return (
    <UndoProvider>
      <a href="#content" className={classes.skip}>
        {t("frame.skip")}
      </a>
      <div className={classes.frame}>
        <Rail account={account} />
        <main id="content" className={classes.content} tabIndex={-1}>
          <AwayNotice />
          <Acting />
          <Announced isAdmin={account.is_admin} />
          <AccountNotices />
          <SessionNotices />
          <Outlet />
        </main>
        <BottomBar account={account} />
      </div>
      <Overlays />
      <RouteAnnouncer />
    </UndoProvider>
  );
}
