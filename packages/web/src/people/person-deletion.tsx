import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Owned } from "../account/owned.tsx";
import { cancelPersonDeletion, personDeletionQuery } from "../api/deletion.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { DeletePerson } from "./delete-person.tsx";

/** Everything that somebody owns; and the account's deletion: what would go, when, and the way back. */
export function PersonDeletion({ person, self }: { person: Person; self: boolean }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const plan = useQuery(personDeletionQuery(person.id));
  const keep = useMutation({
    mutationFn: () => cancelPersonDeletion(person.id),
    onSettled: () => client.invalidateQueries({ queryKey: ["people"] }),
  });
  const due = plan.data?.due_at ?? null;
  return (
    <Section title={t("people.owns")}>
      {plan.isPending && <RowsLoading rows={2} />}
      {shownError(plan) !== null && <ReasonCard error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data && <Owned owned={plan.data.owned} />}
      {due !== null && person.status !== "deleted" && (
        <>
          <p className="warned">
            {t(plan.data?.by_admin ? "deletion.dueByAdmin" : "deletion.due", { date: format.dateTime(due) })}
          </p>
          <Button variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
            {t("deletion.keepTheirs")}
          </Button>
        </>
      )}
      {plan.data?.blocked && <p className="quiet">{t(`deletion.${plan.data.blocked}`)}</p>}
      {keep.isError && <ReasonCard error={keep.error} />}
      {plan.data && due === null && plan.data.blocked === null && !self && (
        <Button variant="subtle" color="bad" size="compact-sm" onClick={() => setAsking(true)}>
          {t("deletion.askTheirs")}
        </Button>
      )}
      {asking && plan.data && (
        <DeletePerson person={person} graceDays={plan.data.grace_days} onClose={() => setAsking(false)} />
      )}
    </Section>
  );
}
