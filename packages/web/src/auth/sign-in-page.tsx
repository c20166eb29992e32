import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useLocation, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import type { WebSession } from "../api/types.ts";
import { adopt } from "../locales/look.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { ActingReturn } from "../people/acting-return.tsx";
import classes from "./auth.module.css";
import { AuthPage } from "./auth-page.tsx";
import { CodeStep } from "./code-step.tsx";
import { PasswordStep } from "./password-step.tsx";

const route = getRouteApi("/sign-in");

/** The password, then a code where the account has a second factor. */
export function SignInPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const { locale, setLocale } = useLocale();
  const { next = "/", notice } = route.useSearch();
  const { data: known } = useQuery(sessionQuery);
  const username = useLocation({ select: ({ state }) => state.username ?? "" });
  const [codeAsked, setCodeAsked] = useState(false);
  const enter = async (session: WebSession) => {
    client.clear();
    client.setQueryData(sessionQuery.queryKey, session);
    if (session.display) adopt(session.display);
    const wanted = session.account?.locale;
    if (wanted && wanted !== locale) await setLocale(wanted);
    await router.navigate(session.must_change_password ? { to: "/change-password" } : { to: next });
  };
  if (codeAsked) {
    return (
      <AuthPage title={t("auth.codeTitle")} lead={t("auth.codeLead")}>
        <CodeStep onEnter={enter} onBack={() => setCodeAsked(false)} />
      </AuthPage>
    );
  }
  return (
    <AuthPage title={t("auth.signIn")} lead={t("auth.signInLead")}>
      <ActingReturn />
      {notice && <p className={classes.notice}>{t(`auth.${notice}`)}</p>}
      <PasswordStep username={username} onEnter={enter} onCode={() => setCodeAsked(true)} />
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
