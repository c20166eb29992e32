import { ActionIcon, Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api/auth.ts";
import { shownError } from "../../api/query-trouble.ts";
import { removeViewer, type Viewer, viewersQuery } from "../../api/session-viewers.ts";
import { isLive } from "../../api/sessions.ts";
import type { Session } from "../../api/types.ts";
import { IconEye, IconShare, IconUserShield, IconX } from "../../pieces/icons.ts";
import { Section } from "../../pieces/page.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { InviteViewers } from "./invite-viewers.tsx";
import classes from "./viewers.module.css";

/** Who else is let in while it runs, as what; its owner lets people in and out. */
export function Viewers({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const viewers = useQuery({ ...viewersQuery(session.id), enabled: isLive(session) });
  const [inviting, setInviting] = useState(false);
  const own = known?.account?.id === session.owner_id;
  const acts = session.opens === "program";
  const shareable = known?.features[acts ? "session_acting" : "session_looking"] === true;
  const items = viewers.data ?? [];
  // Not built into this server, nothing that anybody could be shown, or nobody to show it to.
  if (!isLive(session) || session.opens === "nothing" || (!shareable && items.length === 0)) return null;
  if (!own && items.length === 0) return null;
  const action = own && shareable && (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconShare size={16} aria-hidden="true" />}
      onClick={() => setInviting(true)}
    >
      {t("viewers.share")}
    </Button>
  );
  return (
    <Section title={t("viewers.title")} action={action}>
      {shownError(viewers) !== null && <ReasonCard error={viewers.error} onRetry={() => void viewers.refetch()} />}
      {viewers.data && items.length === 0 && (
        <p className="quiet">{t(acts ? "viewers.noneAct" : "viewers.noneLook")}</p>
      )}
      <ul className={classes.list}>
        {items.map((viewer) => (
          <Row key={viewer.account.id} viewer={viewer} sessionId={session.id} own={own} />
        ))}
      </ul>
      {inviting && <InviteViewers session={session} onClose={() => setInviting(false)} />}
    </Section>
  );
}

function Row({ viewer, sessionId, own }: { viewer: Viewer; sessionId: number; own: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeViewer(sessionId, viewer.account.id),
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions", "viewers"] }),
  });
  const name = nameOfPerson(viewer.account);
  const Picture = viewer.may_act ? IconUserShield : IconEye;
  return (
    <li className={classes.viewer}>
      <Picture size={18} stroke={1.75} aria-hidden="true" className={viewer.may_act ? classes.acts : classes.looks} />
      <div>
        <bdi className="clip">{name}</bdi>
        <span className="quiet small">{t(viewer.may_act ? "viewers.actsAsYou" : "viewers.looks")}</span>
      </div>
      {own && (
        <ActionIcon
          aria-label={t("viewers.remove", { name })}
          title={t("viewers.remove", { name })}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <IconX size={16} />
        </ActionIcon>
      )}
      {remove.isError && <ReasonCard error={remove.error} />}
    </li>
  );
}
