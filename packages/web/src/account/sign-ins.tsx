import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { revokeOtherSignIns, revokeSignIn, signInsQuery } from "../api/sign-ins.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { FailedSignIns } from "./failed-sign-ins.tsx";
import { SignInRow } from "./sign-in-row.tsx";

/** Where one is signed in: browsers, and tokens that programs got by the workspaces API. Each can be ended. */
export function SignIns() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const signIns = useQuery(signInsQuery);
  const refresh = () => client.invalidateQueries({ queryKey: signInsQuery.queryKey });
  const revoke = useMutation({ mutationFn: revokeSignIn, onSettled: refresh });
  const others = useMutation({
    mutationFn: revokeOtherSignIns,
    onSuccess: () => setAsking(false),
    onSettled: refresh,
  });
  const items = signIns.data?.items ?? [];
  const action = items.some(({ current }) => !current) && (
    <Button variant="default" size="xs" onClick={() => setAsking(true)}>
      {t("signIns.endOthers")}
    </Button>
  );
  return (
    <Section title={t("signIns.title")} action={action}>
      {signIns.isPending && <RowsLoading rows={2} />}
      {shownError(signIns) !== null && <ReasonCard error={signIns.error} onRetry={() => void signIns.refetch()} />}
      {signIns.data && <FailedSignIns failed={signIns.data.failed_attempts} />}
      <ul className={rows.rows}>
        {items.map((one) => (
          <SignInRow
            key={one.id}
            signIn={one}
            ending={revoke.isPending && revoke.variables === one.id}
            onEnd={() => revoke.mutate(one.id)}
          />
        ))}
      </ul>
      {revoke.isError && <ReasonCard error={revoke.error} />}
      <Confirm
        opened={asking}
        danger
        title={t("signIns.endOthersTitle")}
        text={t("signIns.endOthersText")}
        action={t("signIns.endOthers")}
        pending={others.isPending}
        error={others.error}
        onConfirm={() => others.mutate()}
        onClose={() => setAsking(false)}
      />
    </Section>
  );
}
