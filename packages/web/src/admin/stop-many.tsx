import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type AdminSession, mostStopped, type StoppedMany, stopMany } from "../api/admin-sessions.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { nameOfPerson } from "../pieces/person-name.ts";
import { StopChosen } from "../pieces/stop-chosen.tsx";
import classes from "./sessions.module.css";

interface StopManyProps {
  readonly sessions: readonly AdminSession[];
  onStopped(answer: StoppedMany): Promise<void>;
}

/** Stops those that were selected, once it was said whom it hits; with a word to them. */
export function StopMany({ sessions, onStopped }: StopManyProps) {
  const { t } = useTranslation();
  const stop = useMutation({
    mutationFn: (message: string) =>
      stopMany(
        sessions.map(({ id }) => id),
        message,
      ),
    onSuccess: onStopped,
  });
  const hit = Map.groupBy(sessions, ({ owner }) => owner.id);
  const { length: count } = sessions;
  return (
    <StopChosen
      verb={t(count === 1 ? "adminSessions.stopOne" : "adminSessions.stop")}
      disabled={count > mostStopped}
      title={t("adminSessions.stopTitle", { count })}
      text={t("adminSessions.stopText")}
      word={{ label: t("adminSessions.message"), hint: t("adminSessions.messageHint"), most: 500 }}
      pending={stop.isPending}
      error={stop.error}
      onStop={stop.mutateAsync}
    >
      {[...hit].map(([id, ones]) => (
        <li key={id}>
          {t("adminSessions.hits", { person: ones[0] && nameOfPerson(ones[0].owner), count: ones.length })}
        </li>
      ))}
    </StopChosen>
  );
}

interface StoppedNoteProps {
  readonly answer: StoppedMany | null;
  /** As they are now. */
  readonly rows: readonly AdminSession[];
}

/** What became of it: how many are still being stopped, and which could not be. */
export function StoppedNote({ answer, rows }: StoppedNoteProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const stopping = rows.filter(({ id, ended_at }) => ended_at === null && answer?.stopped.includes(id)).length;
  const says = stopping > 0 || (answer?.refused.length ?? 0) > 0;
  return (
    <div role="status" className={says ? classes.note : undefined}>
      {stopping > 0 && t("adminSessions.stoppedSome", { count: stopping })}
      {answer !== null && answer.refused.length > 0 && (
        <ul>
          {answer.refused.map(({ id, message }) => (
            <li key={id}>{t("adminSessions.refused", { id: format.id(id), why: message })}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
