import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { completeVerification } from "../api/account.ts";
import { sessionQuery } from "../api/auth.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import classes from "./auth.module.css";
import { AuthPage } from "./auth-page.tsx";

const key = "stoa.verify";

/** From the link, or, after a sign-in on the way, from this tab's own memory. */
function readToken(): string {
  const inLink = new URLSearchParams(window.location.hash.slice(1)).get("token");
  if (inLink) sessionStorage.setItem(key, inLink);
  return inLink ?? sessionStorage.getItem(key) ?? "";
}

/** What the mailed link opens: it proves the address of who is signed in. */
export function VerifyPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [token] = useState(readToken);
  const { data: session } = useQuery(sessionQuery);
  const signedIn = session?.account !== null && session !== undefined;
  const verified = useQuery({
    queryKey: ["verify", token],
    queryFn: () => completeVerification(token),
    enabled: signedIn && token !== "",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const over = verified.isSuccess || verified.isError;
  useEffect(() => {
    if (!over) return;
    sessionStorage.removeItem(key);
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [over, client]);
  const lead = token === "" ? "auth.resetNoToken" : signedIn ? null : "verify.signInFirst";
  return (
    <AuthPage title={t("verify.title")} lead={lead === null ? "" : t(lead)}>
      {verified.isLoading && <RowsLoading rows={1} />}
      {verified.isError && <ReasonCard error={verified.error} />}
      {verified.isSuccess && (
        <p className={classes.notice} role="status">
          {t("verify.done", { email: verified.data.email })}
        </p>
      )}
      <div className={classes.links}>
        {signedIn ? (
          <Link to="/">{t("errors.toHome")}</Link>
        ) : (
          <Link to="/sign-in" search={token === "" ? {} : { next: "/verify" }}>
            {t("auth.signIn")}
          </Link>
        )}
      </div>
    </AuthPage>
  );
}
