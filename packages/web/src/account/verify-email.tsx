import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { resendVerification } from "../api/account.ts";
import type { Me } from "../api/types.ts";
import { useErrorText } from "../locales/error-text.ts";
import classes from "./account.module.css";

/** The address that waits to be proven, and the mail once more. Nothing when there is none. */
export function VerifyEmail({ account }: { account: Me }) {
  const { t } = useTranslation();
  const tell = useErrorText();
  const resend = useMutation({ mutationFn: resendVerification });
  if (account.email_verified && account.new_email === null) return null;
  const waiting = account.new_email ?? account.email;
  return (
    <div className={classes.verify}>
      <span>{t(account.new_email === null ? "verify.unproven" : "verify.waiting", { email: waiting })}</span>
      {resend.isSuccess ? (
        <span role="status">
          {t(resend.data.delivered ? "verify.sent" : "verify.kept", { email: resend.data.sent_to })}
        </span>
      ) : (
        <Button variant="default" size="xs" loading={resend.isPending} onClick={() => resend.mutate()}>
          {/* A mail went to a new address; to the first one perhaps none ever did. */}
          {t(account.new_email === null ? "verify.send" : "verify.resend")}
        </Button>
      )}
      {resend.isError && (
        <span role="alert" className="warned">
          {tell(resend.error).text}
        </span>
      )}
    </div>
  );
}
