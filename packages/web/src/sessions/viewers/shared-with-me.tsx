import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type SharedSession, sharedSessionsQuery } from "../../api/session-viewers.ts";
import { useJobTypes } from "../../pieces/job-types.ts";
import { Section } from "../../pieces/page.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import rows from "../../pieces/rows.module.css";
import { StateChip } from "../../pieces/state-chip.tsx";
import { shownState } from "../session-time.ts";

/** Other people's sessions that I am let into. Nothing while there are none. */
export function SharedWithMe() {
  const { t } = useTranslation();
  const shared = useInfiniteQuery({ ...sharedSessionsQuery, retry: false });
  const items = shared.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t("viewers.sharedWithMe")}>
      <ul className={rows.rows}>
        {items.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
      {shared.hasNextPage && (
        <Button variant="subtle" loading={shared.isFetchingNextPage} onClick={() => void shared.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </Section>
  );
}

function Row({ session }: { session: SharedSession }) {
  const { t } = useTranslation();
  const { nameOf, iconOf } = useJobTypes();
  const TypeIcon = iconOf(session.job_type);
  return (
    <li className={rows.row}>
      <TypeIcon size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <Link to="/shared-sessions/$sessionId" params={{ sessionId: String(session.id) }} className={rows.link}>
          {t("sessions.named", { type: nameOf(session.job_type), workspace: session.workspace_name })}
        </Link>
        <span className={rows.under}>
          {t("viewers.of", { name: nameOfPerson(session.owner) })}
          {" · "}
          {t(session.may_act ? "viewers.youAct" : "viewers.youLook")}
        </span>
      </div>
      <div className={rows.end}>
        <span className={rows.state}>
          <StateChip domain="session" state={shownState(session)} />
        </span>
      </div>
    </li>
  );
}
