import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { PasswordForm } from "../auth/password-form.tsx";
import { Page, Section } from "../pieces/page.tsx";
import classes from "./account.module.css";
import { DirectoryVisibility } from "./directory-visibility.tsx";
import { DisplaySettings } from "./display-settings.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { SecondFactor } from "./second-factor/second-factor.tsx";
import { SignIns } from "./sign-ins.tsx";
import { Tokens } from "./tokens.tsx";

export function AccountPage() {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const [changed, setChanged] = useState(false);
  if (!session?.account) return null;
  return (
    <Page title={t("account.title")}>
      <div className={classes.columns}>
        <div>
          <Section title={t("account.profile")}>
            <ProfileForm account={session.account} />
          </Section>
          <Section title={t("account.display")}>
            <DisplaySettings />
          </Section>
          <Section title={t("account.directory")}>
            <DirectoryVisibility account={session.account} />
          </Section>
        </div>
        <Section title={t("account.changePassword")}>
          {changed && <p role="status">{t("account.passwordChanged")}</p>}
          <PasswordForm onDone={() => setChanged(true)} />
        </Section>
      </div>
      <SecondFactor />
      <SignIns />
      <Tokens />
    </Page>
  );
}
