import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deletionPlanQuery } from "../api/deletion.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Me } from "../api/types.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { AskForDeletion } from "./ask-for-deletion.tsx";
import { Owned } from "./owned.tsx";

/** First the picture of what would go; then the way there, which leaves time to turn back. */
export function DeleteAccount({ account }: { account: Me }) {
  const { t } = useTranslation();
  const [looking, setLooking] = useState(false);
  const [asking, setAsking] = useState(false);
  const plan = useQuery({ ...deletionPlanQuery, enabled: looking });
  if (account.deletion_due_at !== null) return null;
  return (
    <Section title={t("deletion.title")}>
      <p className="quiet">{t("deletion.lead")}</p>
      {!looking && (
        <Button variant="default" onClick={() => setLooking(true)}>
          {t("deletion.look")}
        </Button>
      )}
      {plan.isLoading && <RowsLoading rows={2} />}
      {shownError(plan) !== null && <ReasonCard error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data && (
        <>
          <Owned owned={plan.data.owned} />
          <p>{t("deletion.grace", { count: plan.data.grace_days })}</p>
          {plan.data.blocked && <p className="warned">{t(`deletion.${plan.data.blocked}`)}</p>}
          <Button color="bad" disabled={plan.data.blocked !== null} onClick={() => setAsking(true)}>
            {t("deletion.ask")}
          </Button>
        </>
      )}
      {asking && <AskForDeletion account={account} onClose={() => setAsking(false)} />}
    </Section>
  );
}
