import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sendTestMail } from "../api/mails.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";

/** Whether mails arrive, seen by sending one to oneself; its state is the first of the list then. */
export function TestMail({ to }: { to: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: () => sendTestMail(to),
    onSuccess: () => client.invalidateQueries({ queryKey: ["mails"] }),
  });
  return (
    <div>
      <Button
        variant="default"
        loading={send.isPending}
        disabled={to === ""}
        title={to === "" ? t("mails.noAddress") : undefined}
        onClick={() => send.mutate()}
      >
        {t("mails.test")}
      </Button>
      {send.isError && <ReasonCard error={send.error} />}
    </div>
  );
}
