import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AdminSession } from "../api/admin-sessions.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { nameOfPerson } from "../pieces/person-name.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { useSize } from "../storage/use-size.ts";
import classes from "./sessions.module.css";

interface AdminSessionRowProps {
  readonly session: AdminSession;
  readonly isChosen: boolean;
  onChoose(session: AdminSession, isChosen: boolean): void;
}

/** One session: whose, what, where, in which state since when, what it takes. */
export function AdminSessionRow({ session, isChosen, onChoose }: AdminSessionRowProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const { nameOf } = useJobTypes();
  const { id, owner, workspace, job_type, status, state_since, node, can_stop } = session;
  const person = nameOfPerson(owner);
  return (
    <div className={classes.row}>
      <span className={`${rows.above} ${classes.tick}`}>
        {(can_stop || isChosen) && (
          <Checkbox
            aria-label={t("adminSessions.choose", { id: format.id(id), person })}
            checked={isChosen}
            onChange={(event) => onChoose(session, event.currentTarget.checked)}
          />
        )}
      </span>
      <div className={rows.main}>
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId: String(id) }}
          search={{ from: "all" }}
          className={rows.link}
        >
          <bdi>{person}</bdi>
          {" · "}
          {t("sessions.named", { type: nameOf(job_type), workspace: workspace.name })}
        </Link>
        <span className={rows.under}>
          {t("sessions.number", { id: format.id(id) })}
          {" · "}
          {t("adminSessions.on", { node })}
          {" · "}
          {t("adminSessions.hours", { hours: format.number(Number(session.core_hours), 2) })}
          {session.memory_bytes !== null && ` · ${size(session.memory_bytes)}`}
        </span>
        <Hangs session={session} />
      </div>
      <div className={classes.state}>
        <StateChip domain="session" state={session.hang === null ? status : "hangs"} />
        <span className="quiet small">
          <When at={state_since} />
        </span>
      </div>
    </div>
  );
}

function Hangs({ session: { hang } }: { session: AdminSession }) {
  const { t } = useTranslation();
  if (hang === null) return null;
  return (
    <span className={classes.hangs}>
      <IconAlertTriangle size={16} aria-hidden="true" />
      {t("adminSessions.hangs", { hang: t(`hang.${hang}`) })}
    </span>
  );
}
