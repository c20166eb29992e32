import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PasswordForm } from "../auth/password-form.tsx";
import { Later } from "../pieces/later.tsx";
import { Section } from "../pieces/page.tsx";
import classes from "./account.module.css";
import { AccountPage } from "./account-page.tsx";
import { ActedAs } from "./acted-as.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { DirectoryVisibility } from "./directory-visibility.tsx";
import { DisplaySettings } from "./display-settings.tsx";
import { MyData } from "./my-data.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { SecondFactor } from "./second-factor/second-factor.tsx";
import { SignIns } from "./sign-ins.tsx";
import { Tokens } from "./tokens.tsx";

/** Who one is, and who may find one. */
export function ProfilePage() {
  const { t } = useTranslation();
  return (
    <AccountPage tab="profile">
      {(account) => (
        <div className={classes.narrow}>
          <Section title={t("account.profile")}>
            <ProfileForm account={account} />
          </Section>
          <Later>
            <Section title={t("account.directory")}>
              <DirectoryVisibility account={account} />
            </Section>
          </Later>
        </div>
      )}
    </AccountPage>
  );
}

/** How everything is written and shown. */
export function LookPage() {
  const { t } = useTranslation();
  return (
    <AccountPage tab="look">
      {() => (
        <div className={classes.narrow}>
          <Section title={t("account.display")}>
            <DisplaySettings />
          </Section>
        </div>
      )}
    </AccountPage>
  );
}

/** How one gets in, and where one is in now. */
export function SecurityPage() {
  const { t } = useTranslation();
  const [changed, setChanged] = useState(false);
  return (
    <AccountPage tab="security">
      {() => (
        <>
          <div className={classes.columns}>
            <Section title={t("account.changePassword")}>
              {changed && <p role="status">{t("account.passwordChanged")}</p>}
              <PasswordForm onDone={() => setChanged(true)} />
            </Section>
            <SecondFactor />
          </div>
          <SignIns />
          <ActedAs />
        </>
      )}
    </AccountPage>
  );
}

/** What one's own programs get in by. */
export function TokensPage() {
  return <AccountPage tab="tokens">{() => <Tokens />}</AccountPage>;
}

/** Everything that is kept about oneself, and the way out. */
export function DataPage() {
  return (
    <AccountPage tab="data">
      {(account) => (
        <div className={classes.narrow}>
          <MyData />
          <DeleteAccount account={account} />
        </div>
      )}
    </AccountPage>
  );
}
