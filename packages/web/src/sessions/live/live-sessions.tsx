import { useTranslation } from "react-i18next";
import type { Session } from "../../api/types.ts";
import { Section } from "../../pieces/page.tsx";
import classes from "./live.module.css";
import { LiveCard } from "./live-card.tsx";

/** What runs now, a card each. */
export function LiveSessions({ sessions }: { sessions: readonly Session[] }) {
  const { t } = useTranslation();
  if (sessions.length === 0) return null;
  return (
    <Section title={t("sessions.running")}>
      <ul className={classes.cards} aria-label={t("sessions.running")}>
        {sessions.map((session) => (
          <LiveCard key={session.id} session={session} />
        ))}
      </ul>
    </Section>
  );
}
