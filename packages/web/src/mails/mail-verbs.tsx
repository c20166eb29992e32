import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { discardMail, type Mail, resendMail } from "../api/mails.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";

/** Of a mail that did not leave: once more, or away with it. */
export function MailVerbs({ mail, resendable }: { mail: Mail; resendable: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const renew = () => client.invalidateQueries({ queryKey: ["mails"] });
  const resend = useMutation({ mutationFn: () => resendMail(mail.id), onSettled: renew });
  const discard = useMutation({ mutationFn: () => discardMail(mail.id), onSuccess: renew });
  if (mail.state !== "kept" && mail.state !== "failed") return null;
  const { subject, to } = mail;
  return (
    <>
      {resendable && (
        <Button
          variant="default"
          size="xs"
          loading={resend.isPending}
          aria-label={t("mails.resendOne", { subject, to })}
          onClick={() => resend.mutate()}
        >
          {t("mails.resend")}
        </Button>
      )}
      <Button
        variant="subtle"
        color="bad"
        size="xs"
        aria-label={t("mails.discardOne", { subject, to })}
        onClick={() => setAsking(true)}
      >
        {t("mails.discard")}
      </Button>
      {resend.isError && <ReasonCard error={resend.error} />}
      <Confirm
        opened={asking}
        title={t("mails.discardTitle")}
        text={t("mails.discardText", { to })}
        action={t("mails.discard")}
        danger
        pending={discard.isPending}
        error={discard.error}
        onConfirm={() => discard.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
