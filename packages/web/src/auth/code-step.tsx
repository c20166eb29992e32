import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { signInByCode } from "../api/auth.ts";
import type { WebSession } from "../api/types.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./auth.module.css";
import { CodeField, plainDigits } from "./code-field.tsx";
import { formValues } from "./form-values.ts";

/** The second step: a code of the app, or a recovery code. */
export function CodeStep(props: { onEnter: (session: WebSession) => Promise<void>; onBack: () => void }) {
  const { t } = useTranslation();
  const enter = useMutation({
    mutationFn: (code: string) => signInByCode(plainDigits(code)),
    onSuccess: props.onEnter,
  });
  return (
    <form className={classes.form} onSubmit={(event) => enter.mutate(formValues(event, ["code"]).code)}>
      <CodeField autoFocus />
      {enter.isError && <ReasonCard error={enter.error} />}
      <Button type="submit" size="md" loading={enter.isPending}>
        {t("auth.signIn")}
      </Button>
      <Button variant="subtle" onClick={props.onBack}>
        {t("auth.otherAccount")}
      </Button>
    </form>
  );
}
