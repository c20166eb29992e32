import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Enrol } from "../account/second-factor/enrol.tsx";
import { sessionQuery } from "../api/auth.ts";
import { SignOutButton } from "../frame/sign-out.tsx";
import { AuthPage } from "./auth-page.tsx";

/** The forced one: where the operator asks for a second factor, nothing else is open until it is set up. */
export function SecondFactorPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const done = async () => {
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
    await router.navigate({ to: "/" });
  };
  return (
    <AuthPage title={t("secondFactor.forcedTitle")} lead={t("secondFactor.forcedLead")}>
      <Enrol onDone={() => void done()} />
      <SignOutButton />
    </AuthPage>
  );
}
