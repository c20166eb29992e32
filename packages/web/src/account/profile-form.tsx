import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Profile, updateAccount } from "../api/account.ts";
import { asApiError } from "../api/api-error.ts";
import { sessionQuery } from "../api/auth.ts";
import type { Me } from "../api/types.ts";
import { formValues } from "../auth/form-values.ts";
import { PasswordField } from "../auth/password-field.tsx";
import { useLocale } from "../locales/use-locale.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { useDraft } from "../pieces/use-draft.ts";
import classes from "./account.module.css";
import { VerifyEmail } from "./verify-email.tsx";

const fields = ["full_name", "email", "organization", "current_password"] as const;
type Values = Record<(typeof fields)[number], string>;

/** Who one is. A new e-mail address asks for the password: it is the way back in. */
export function ProfileForm({ account }: { account: Me }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const draft = useDraft("profile");
  const [email, setEmail] = useState(draft.text("email", account.email));
  const save = useMutation({
    mutationFn: (changes: Profile) => updateAccount(changes),
    onSuccess: () => {
      draft.clear();
      return client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  const wrong = save.isError ? asApiError(save.error).fields : {};
  return (
    <form
      className={classes.form}
      onInput={draft.onInput}
      onSubmit={(event) => save.mutate(changesOf(account, formValues(event, fields)))}
    >
      <dl className={rows.facts}>
        <dt>{t("account.username")}</dt>
        <dd>
          <bdi>{account.username}</bdi>
        </dd>
        <dt>{t("account.since")}</dt>
        <dd>{format.date(account.created_at)}</dd>
      </dl>
      <TextInput
        name="full_name"
        label={t("auth.fullName")}
        defaultValue={draft.text("full_name", account.full_name)}
        required
        withAsterisk={false}
        autoComplete="name"
        error={wrong.full_name}
      />
      <TextInput
        name="organization"
        label={`${t("auth.organization")} (${t("common.optional")})`}
        defaultValue={draft.text("organization", account.organization ?? "")}
        autoComplete="organization"
        error={wrong.organization}
      />
      <TextInput
        name="email"
        type="email"
        label={t("auth.email")}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        required
        withAsterisk={false}
        autoComplete="email"
        error={wrong.email}
      />
      <VerifyEmail account={account} />
      {email !== account.email && (
        <>
          <p className="quiet small">{t("account.emailPassword")}</p>
          <PasswordField name="current_password" label={t("auth.currentPassword")} />
        </>
      )}
      {save.isError && <ReasonCard error={save.error} />}
      <div className={classes.formEnd}>
        <Button type="submit" loading={save.isPending}>
          {t("common.save")}
        </Button>
        {save.isSuccess && <span role="status">{t("common.saved")}</span>}
      </div>
    </form>
  );
}

/** Only what differs is sent. */
function changesOf(account: Me, values: Values): Profile {
  return {
    ...(values.full_name === account.full_name ? {} : { full_name: values.full_name }),
    ...(values.organization === (account.organization ?? "") ? {} : { organization: values.organization || null }),
    ...(values.email === account.email ? {} : { email: values.email, current_password: values.current_password }),
  };
}
