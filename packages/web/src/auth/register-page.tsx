import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { register } from "../api/passwords.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./auth.module.css";
import { AuthPage } from "./auth-page.tsx";
import { formValues } from "./form-values.ts";
import { PasswordField } from "./password-field.tsx";

const fields = ["username", "email", "full_name", "organization", "password"] as const;

export function RegisterPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: known } = useQuery(sessionQuery);
  const make = useMutation({
    mutationFn: register,
    onSuccess: ({ details: { username } }) =>
      navigate({ to: "/sign-in", search: { notice: "registered" }, state: { username } }),
  });
  const closed = known?.registration === "closed";
  return (
    <AuthPage title={t("auth.registerTitle")} lead={closed ? t("auth.registrationClosed") : ""}>
      {!closed && (
        <form
          className={classes.form}
          onSubmit={(event) => {
            const { organization, ...values } = formValues(event, fields);
            make.mutate(organization === "" ? values : { ...values, organization });
          }}
        >
          <TextInput
            name="username"
            label={t("auth.username")}
            description={t("auth.usernameRule")}
            required
            withAsterisk={false}
            autoFocus
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
          <TextInput name="full_name" label={t("auth.fullName")} required withAsterisk={false} autoComplete="name" />
          <TextInput
            name="email"
            type="email"
            label={t("auth.email")}
            description={known?.registration === "domains" ? t("auth.registrationDomains") : undefined}
            required
            withAsterisk={false}
            autoComplete="email"
          />
          <TextInput
            name="organization"
            label={`${t("auth.organization")} (${t("common.optional")})`}
            autoComplete="organization"
          />
          <PasswordField name="password" label={t("auth.password")} fresh />
          {make.isError && <ReasonCard error={make.error} />}
          <Button type="submit" size="md" loading={make.isPending}>
            {t("auth.register")}
          </Button>
        </form>
      )}
      <div className={classes.links}>
        <span>
          {t("auth.haveAccount")} <Link to="/sign-in">{t("auth.signIn")}</Link>
        </span>
      </div>
    </AuthPage>
  );
}
