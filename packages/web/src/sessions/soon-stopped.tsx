import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { keepSession } from "../api/session-time.ts";
import type { Session } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { IconHourglass } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { pressing } from "./session-time.ts";
import classes from "./soon-stopped.module.css";
import { Extend } from "./time-left.tsx";

/** That a session is about to be stopped, why, and the one click that keeps it. Nothing while nothing presses. */
export function SoonStopped({ session, elsewhere = false }: { session: Session; elsewhere?: boolean }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { nameOf } = useJobTypes();
  const { data: known } = useQuery(sessionQuery);
  const now = useNow(true);
  const why = pressing(session, now);
  // To keep it, or not, is its owner's matter.
  if (why === null || known?.account?.id !== session.owner_id) return null;
  const at = why === "idle" ? session.idle?.stops_at : session.ends_at;
  const left = format.duration(Math.max(0, (Date.parse(at ?? "") - now) / 1000));
  const idle = format.duration(session.idle?.after_seconds ?? 0);
  const name = t("sessions.named", { type: nameOf(session.job_type), workspace: session.workspace.name });
  return (
    <div className={classes.soon}>
      <IconHourglass size={22} aria-hidden="true" />
      <div className={classes.words}>
        {elsewhere && (
          <Link to="/sessions/$sessionId" params={{ sessionId: String(session.id) }}>
            <bdi>{name}</bdi>
          </Link>
        )}
        {/* The figure counts down each second: read aloud once, not each time. */}
        <span>
          <span role="status" className="visually-hidden">
            {t(why === "idle" ? "soonStopped.idleAloud" : "soonStopped.timeAloud", { name, idle })}
          </span>
          <span aria-hidden="true">{t(`soonStopped.${why}`, { left, idle })}</span>
        </span>
      </div>
      {why === "idle" ? <Keep session={session} /> : <Extend session={session} />}
    </div>
  );
}

/** Says that it is wanted still. */
function Keep({ session }: { session: Session }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const keep = useMutation({
    mutationFn: () => keepSession(session.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  return (
    <>
      <Button size="xs" loading={keep.isPending} onClick={() => keep.mutate()}>
        {t("soonStopped.keep")}
      </Button>
      {keep.isError && <ReasonCard error={keep.error} />}
    </>
  );
}
