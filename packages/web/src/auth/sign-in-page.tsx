import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useLocation, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import type { WebSession } from "../api/types.ts";
import { adopt } from "../locales/look.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { ActingReturn } from "../people/acting-return.tsx";
import { placeOf } from "../routes/next-page.ts";
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
  const [isForgotten, setForgotten] = useState(!navigator.cookieEnabled);
  const enter = async (session: WebSession) => {
    client.clear();
    client.setQueryData(sessionQuery.queryKey, session);
    // A browser that keeps no cookies would be led back here, and again.
    const kept = await client.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => session);
    if (kept.account === null) return setForgotten(true);
    if (session.display) adopt(session.display);
    const wanted = session.account?.locale;
    if (wanted && wanted !== locale) await setLocale(wanted);
    await router.navigate(session.must_change_password ? { to: "/change-password" } : placeOf(next));
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
      {isForgotten && (
        <p role="alert" className={classes.notice}>
          {t("auth.cookiesBlocked", { host: window.location.host })}
        </p>
      )}
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
