import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery, signIn } from "../api/auth.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./auth.module.css";
import { AuthPage } from "./auth-page.tsx";
import { formValues } from "./form-values.ts";
import { PasswordField } from "./password-field.tsx";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const { locale, setLocale } = useLocale();
  const { next = "/", notice } = route.useSearch();
  const { data: known } = useQuery(sessionQuery);
  const enter = useMutation({
    mutationFn: (values: { username: string; password: string }) => signIn(values.username, values.password),
    onSuccess: async (session) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      const wanted = session.account?.locale;
      if (wanted && wanted !== locale) await setLocale(wanted);
      await router.navigate(session.must_change_password ? { to: "/change-password" } : { to: next });
    },
  });
  return (
    <AuthPage title={t("auth.signIn")} lead={t("auth.signInLead")}>
      {notice && <p className={classes.notice}>{t(`auth.${notice}`)}</p>}
      <form className={classes.form} onSubmit={(event) => enter.mutate(formValues(event, ["username", "password"]))}>
        <TextInput
          name="username"
          label={t("auth.usernameOrEmail")}
          required
          withAsterisk={false}
          autoFocus
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
        />
        <PasswordField name="password" label={t("auth.password")} />
        {enter.isError && <ReasonCard error={enter.error} />}
        <Button type="submit" size="md" loading={enter.isPending}>
          {t("auth.signIn")}
        </Button>
      </form>
      <div className={classes.links}>
        <Link to="/forgotten">{t("auth.forgot")}</Link>
        {known?.registration !== "closed" && (
          <span>
            {t("auth.noAccount")} <Link to="/register">{t("auth.register")}</Link>
          </span>
        )}
      </div>
    </AuthPage>
  );
}
