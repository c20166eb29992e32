import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AdminSession, adminSessionQuery, giveUpSession } from "../api/admin-sessions.ts";
import { newestOperations } from "../api/operations.ts";
import { OperationActions } from "../operations/operation-actions.tsx";
import { OperationRow } from "../operations/operation-row.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { focusTitle } from "../pieces/focus-title.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { Section } from "../pieces/page.tsx";
import { nameOfPerson } from "../pieces/person-name.ts";
import rows from "../pieces/rows.module.css";
import { When } from "../pieces/when.tsx";
import { useSize } from "../storage/use-size.ts";
import classes from "./sessions.module.css";

interface OperatorPanelProps {
  readonly sessionId: number;
  /** One's own that is as it should be needs no operator. */
  readonly isOwn: boolean;
}

/** For administrators, on a session's page: what keeps it, what can be done, and what was done about it so far. */
export default function OperatorPanel({ sessionId, isOwn }: OperatorPanelProps) {
  const { t } = useTranslation();
  const { data: session } = useQuery(adminSessionQuery(sessionId));
  const operations = useQuery(newestOperations({ subject_kind: "session", subject_id: String(sessionId) }));
  if (session === undefined || (isOwn && session.hang === null)) return null;
  const items = operations.data?.items ?? [];
  return (
    <>
      <Panel session={session} />
      {items.length > 0 && (
        <Section title={t("operator.done")}>
          <ul className={rows.rows}>
            {items.map((operation) => (
              <OperationRow
                key={operation.id}
                operation={operation}
                actions={<OperationActions operation={operation} />}
              />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Panel({ session }: { session: AdminSession }) {
  const { t } = useTranslation();
  const size = useSize();
  const { hang, node, node_seen_at: seenAt } = session;
  return (
    <section className={classes.operator} data-hangs={hang !== null || undefined} aria-label={t("operator.title")}>
      <strong>{hang === null ? t("operator.title") : t("operator.hangs", { hang: t(`hang.${hang}`) })}</strong>
      <p className="quiet">
        {seenAt === null ? (
          t("operator.neverSeen", { node })
        ) : (
          <>
            {t("operator.lastSign", { node })} <When at={seenAt} />
          </>
        )}
        {session.memory_bytes !== null && ` · ${t("operator.memory")}: ${size(session.memory_bytes)}`}
      </p>
      {hang !== null && <p>{t(`operator.advice.${hang}`)}</p>}
      {session.can_give_up && <GiveUp session={session} />}
    </section>
  );
}

/** Where it can't be ended as usual: settles it, once the consequences were read. */
function GiveUp({ session }: { session: AdminSession }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { nameOf } = useJobTypes();
  const [asking, setAsking] = useState(false);
  const giveUp = useMutation({
    mutationFn: () => giveUpSession(session.id),
    onSuccess: async (settled) => {
      setAsking(false);
      client.setQueryData(adminSessionQuery(session.id).queryKey, settled);
      // The button that the dialog would lead back to goes with what it settled.
      focusTitle();
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <div className={classes.verbs}>
      <Button color="bad" onClick={() => setAsking(true)}>
        {t("operator.giveUp")}
      </Button>
      <Confirm
        opened={asking}
        danger
        title={t("operator.giveUpTitle")}
        text={t(session.hang === "stopping_long" ? "operator.giveUpTextStuck" : "operator.giveUpText")}
        about={t("operator.giveUpTo", {
          person: nameOfPerson(session.owner),
          program: nameOf(session.job_type),
          workspace: session.workspace.name,
        })}
        action={t("operator.giveUp")}
        pending={giveUp.isPending}
        error={giveUp.error}
        onConfirm={() => giveUp.mutate()}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
