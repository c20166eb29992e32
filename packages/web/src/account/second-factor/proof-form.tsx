import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { disableSecondFactor, type Proof, replaceRecoveryCodes } from "../../api/second-factor.ts";
import { CodeField, plainDigits } from "../../auth/code-field.tsx";
import { formValues } from "../../auth/form-values.ts";
import { PasswordField } from "../../auth/password-field.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import classes from "../account.module.css";
import { RecoveryCodes } from "./recovery-codes.tsx";

/** Password and code once more, for new recovery codes or for switching it off. */
export function ProofForm({ doing, onDone }: { doing: "codes" | "disable"; onDone: () => void }) {
  const { t } = useTranslation();
  const act = useMutation({
    mutationFn: async (proof: Proof) => {
      if (doing === "codes") return replaceRecoveryCodes(proof);
      await disableSecondFactor(proof);
      return null;
    },
    onSuccess: (codes) => codes === null && onDone(),
  });
  if (act.data) return <RecoveryCodes codes={act.data} onDone={onDone} />;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        const { current_password, code } = formValues(event, ["current_password", "code"]);
        act.mutate({ current_password, code: plainDigits(code) });
      }}
    >
      <p>{t(`secondFactor.${doing}Lead`)}</p>
      <PasswordField name="current_password" label={t("auth.currentPassword")} autoFocus />
      <CodeField />
      {act.isError && <ReasonCard error={act.error} />}
      <div className={classes.formEnd}>
        <Button type="submit" color={doing === "disable" ? "bad" : "accent"} loading={act.isPending}>
          {t(`secondFactor.${doing === "disable" ? "disable" : "newCodes"}`)}
        </Button>
      </div>
    </form>
  );
}
