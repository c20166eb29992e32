import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AdminSession, mostStopped, type StoppedMany, stopMany } from "../api/admin-sessions.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { IconPlayerStop } from "../pieces/icons.ts";
import { nameOfPerson } from "../pieces/person-name.ts";
import classes from "./sessions.module.css";

interface StopManyProps {
  readonly sessions: readonly AdminSession[];
  onStopped(answer: StoppedMany): Promise<void>;
}

/** Stops those that were selected, once it was said whom it hits; with a word to them. */
export function StopMany({ sessions, onStopped }: StopManyProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [message, setMessage] = useState("");
  const stop = useMutation({
    mutationFn: () =>
      stopMany(
        sessions.map(({ id }) => id),
        message.trim(),
      ),
    onSuccess: async (answer) => {
      setAsking(false);
      setMessage("");
      await onStopped(answer);
    },
  });
  const hit = Map.groupBy(sessions, ({ owner }) => owner.id);
  const { length: count } = sessions;
  const verb = t(count === 1 ? "adminSessions.stopOne" : "adminSessions.stop");
  return (
    <>
      <Button
        color="bad"
        variant="outline"
        disabled={count > mostStopped}
        leftSection={<IconPlayerStop size={18} aria-hidden="true" />}
        onClick={() => setAsking(true)}
      >
        {verb}
      </Button>
      <Confirm
        opened={asking}
        danger
        title={t("adminSessions.stopTitle", { count })}
        text={t("adminSessions.stopText")}
        action={verb}
        pending={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate()}
        onClose={() => setAsking(false)}
      >
        <ul className={classes.hit}>
          {[...hit].map(([id, ones]) => (
            <li key={id}>
              {t("adminSessions.hits", { person: ones[0] && nameOfPerson(ones[0].owner), count: ones.length })}
            </li>
          ))}
        </ul>
        <Textarea
          label={t("adminSessions.message")}
          description={t("adminSessions.messageHint")}
          dir="auto"
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
      </Confirm>
    </>
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
