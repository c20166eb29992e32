import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { beginSecondFactor, type Enrolment } from "../../api/second-factor.ts";
import { formValues } from "../../auth/form-values.ts";
import { PasswordField } from "../../auth/password-field.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import classes from "../account.module.css";

/** The password first: whoever finds an open window must not lock its owner out. */
export function BeginStep({ onBegun }: { onBegun: (enrolment: Enrolment) => void }) {
  const { t } = useTranslation();
  const begin = useMutation({ mutationFn: beginSecondFactor, onSuccess: onBegun });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => begin.mutate(formValues(event, ["current_password"]).current_password)}
    >
      <p>{t("secondFactor.begin")}</p>
      <PasswordField name="current_password" label={t("auth.currentPassword")} autoFocus />
      {begin.isError && <ReasonCard error={begin.error} />}
      <div className={classes.formEnd}>
        <Button type="submit" loading={begin.isPending}>
          {t("secondFactor.next")}
        </Button>
      </div>
    </form>
  );
}
