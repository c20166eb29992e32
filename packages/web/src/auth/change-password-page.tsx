import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SignOutButton } from "../frame/sign-out.tsx";
import { AuthPage } from "./auth-page.tsx";
import { PasswordForm } from "./password-form.tsx";

/** The forced one: nothing else is open until it is done. */
export function ChangePasswordPage() {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <AuthPage title={t("auth.changeTitle")} lead={t("auth.changeLead")}>
      <PasswordForm onDone={() => void router.navigate({ to: "/" })} />
      <SignOutButton />
    </AuthPage>
  );
}
