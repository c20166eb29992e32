import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Profile, updateAccount } from "../api/account.ts";
import { asApiError } from "../api/api-error.ts";
import { sessionQuery } from "../api/auth.ts";
import type { Me } from "../api/types.ts";
import { formValues } from "../auth/form-values.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import classes from "./account.module.css";

const fields = ["full_name", "email", "organization"] as const;

export function ProfileForm({ account }: { account: Me }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (changes: Profile) => updateAccount(changes),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const wrong = save.isError ? asApiError(save.error).fields : {};
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        const values = formValues(event, fields);
        save.mutate(
          Object.fromEntries(
            fields.filter((name) => values[name] !== (account[name] ?? "")).map((name) => [name, values[name]]),
          ),
        );
      }}
    >
      <dl className={rows.facts}>
        <dt>{t("account.username")}</dt>
        <dd>
          <bdi className="mono">{account.username}</bdi>
        </dd>
        <dt>{t("account.since")}</dt>
        <dd>{format.date(account.created_at)}</dd>
      </dl>
      <TextInput
        name="full_name"
        label={t("auth.fullName")}
        defaultValue={account.full_name}
        required
        withAsterisk={false}
        autoComplete="name"
        error={wrong.full_name}
      />
      <TextInput
        name="email"
        type="email"
        label={t("auth.email")}
        defaultValue={account.email}
        required
        withAsterisk={false}
        autoComplete="email"
        error={wrong.email}
      />
      <TextInput
        name="organization"
        label={`${t("auth.organization")} (${t("common.optional")})`}
        defaultValue={account.organization ?? ""}
        autoComplete="organization"
        error={wrong.organization}
      />
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
