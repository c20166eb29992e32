import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { requestReset } from "../api/passwords.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./auth.module.css";
import { AuthPage } from "./auth-page.tsx";
import { formValues } from "./form-values.ts";

export function ForgottenPage() {
  const { t } = useTranslation();
  const { data: known } = useQuery(sessionQuery);
  const ask = useMutation({ mutationFn: requestReset });
  const byMail = known?.features.mail !== false;
  return (
    <AuthPage title={t("auth.forgotTitle")} lead={t(byMail ? "auth.forgotLead" : "auth.forgotNoMail")}>
      {byMail && ask.isSuccess && (
        <p className={classes.notice} role="status">
          {t("auth.linkSent")}
        </p>
      )}
      {byMail && !ask.isSuccess && (
        <form className={classes.form} onSubmit={(event) => ask.mutate(formValues(event, ["login"]).login)}>
          <TextInput
            name="login"
            label={t("auth.usernameOrEmail")}
            required
            withAsterisk={false}
            autoFocus
            autoComplete="username"
            autoCapitalize="none"
          />
          {ask.isError && <ReasonCard error={ask.error} />}
          <Button type="submit" size="md" loading={ask.isPending}>
            {t("auth.sendLink")}
          </Button>
        </form>
      )}
      <div className={classes.links}>
        <Link to="/sign-in">{t("auth.toSignIn")}</Link>
      </div>
    </AuthPage>
  );
}
