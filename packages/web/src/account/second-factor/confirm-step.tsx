import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { confirmSecondFactor, type Enrolment } from "../../api/second-factor.ts";
import { CodeField, plainDigits } from "../../auth/code-field.tsx";
import { formValues } from "../../auth/form-values.ts";
import { CopyLine } from "../../pieces/copy-line.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import classes from "../account.module.css";

interface ConfirmStepProps {
  readonly enrolment: Enrolment;
  onConfirmed(codes: readonly string[]): void;
}

/** The picture to scan, the secret to type where nothing scans, and the first code that proves it worked. */
export function ConfirmStep({ enrolment, onConfirmed }: ConfirmStepProps) {
  const { t } = useTranslation();
  const confirm = useMutation({
    mutationFn: (code: string) => confirmSecondFactor(plainDigits(code)),
    onSuccess: onConfirmed,
  });
  return (
    <form className={classes.form} onSubmit={(event) => confirm.mutate(formValues(event, ["code"]).code)}>
      <p>{t("secondFactor.scan")}</p>
      {/* As a picture: an SVG in an image element runs nothing. */}
      <img
        className={classes.qr}
        src={`data:image/svg+xml,${encodeURIComponent(enrolment.qr_svg)}`}
        alt={t("secondFactor.qr")}
        width={200}
        height={200}
      />
      <details className={classes.secret}>
        <summary>{t("secondFactor.noCamera")}</summary>
        <CopyLine text={enrolment.secret} label={t("secondFactor.secret")} />
      </details>
      <CodeField label={t("secondFactor.firstCode")} autoFocus />
      {confirm.isError && <ReasonCard error={confirm.error} />}
      <div className={classes.formEnd}>
        <Button type="submit" loading={confirm.isPending}>
          {t("secondFactor.confirm")}
        </Button>
      </div>
    </form>
  );
}
