import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { PasswordForm } from "../auth/password-form.tsx";
import { Page, Section } from "../pieces/page.tsx";
import classes from "./account.module.css";
import { DeleteAccount } from "./delete-account.tsx";
import { DirectoryVisibility } from "./directory-visibility.tsx";
import { DisplaySettings } from "./display-settings.tsx";
import { MyData } from "./my-data.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { SecondFactor } from "./second-factor/second-factor.tsx";
import { SignIns } from "./sign-ins.tsx";
import { Tokens } from "./tokens.tsx";

/** Who one is beside how one gets in; below, everything that stands open, and the way out. */
export function AccountPage() {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const [changed, setChanged] = useState(false);
  if (!session?.account) return null;
  const { account } = session;
  return (
    <Page title={t("account.title")}>
      <div className={classes.columns}>
        <div>
          <Section title={t("account.profile")}>
            <ProfileForm account={account} />
          </Section>
          <Section title={t("account.directory")}>
            <DirectoryVisibility account={account} />
          </Section>
        </div>
        <div>
          <Section title={t("account.changePassword")}>
            {changed && <p role="status">{t("account.passwordChanged")}</p>}
            <PasswordForm onDone={() => setChanged(true)} />
          </Section>
          <SecondFactor />
          <Section title={t("account.display")}>
            <DisplaySettings />
          </Section>
        </div>
      </div>
      <SignIns />
      <Tokens />
      <div className={classes.columns}>
        <MyData />
        <DeleteAccount account={account} />
      </div>
    </Page>
  );
}
