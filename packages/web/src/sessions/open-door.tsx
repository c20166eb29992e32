import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import { IconExternalLink } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useOpenSession } from "./open-session.ts";
import classes from "./session-page.module.css";

type Door = Pick<Session, "id" | "job_type" | "status" | "ready">;

/** The way into a program with pages of its own; closed while it is not ready. */
export function OpenDoor({ session, about }: { session: Door; about: string }) {
  const { t } = useTranslation();
  const { nameOf, iconOf } = useJobTypes();
  const open = useOpenSession(session.id);
  const TypeIcon = iconOf(session.job_type);
  return (
    <div className={classes.waiting}>
      <TypeIcon size={56} stroke={1.25} aria-hidden="true" className={classes.picture} />
      <Button
        size="md"
        leftSection={<IconExternalLink size={20} aria-hidden="true" />}
        title={t("common.newTab")}
        disabled={session.status !== "running" || !session.ready}
        loading={open.isPending}
        onClick={() => open.mutate()}
      >
        {t("door.open", { name: nameOf(session.job_type) })}
      </Button>
      <p className="quiet">{about}</p>
      {open.isError && <ReasonCard error={open.error} />}
    </div>
  );
}
