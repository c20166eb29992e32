import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Enrolment } from "../../api/second-factor.ts";
import { BeginStep } from "./begin-step.tsx";
import { ConfirmStep } from "./confirm-step.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";

/** Three steps: the password, the app's first code, the recovery codes to keep. */
export function Enrol({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [begun, setBegun] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const at = codes ? 3 : begun ? 2 : 1;
  return (
    <>
      <p className="quiet small">{t("secondFactor.step", { at, of: 3 })}</p>
      {codes && <RecoveryCodes codes={codes} onDone={onDone} />}
      {!codes && begun && <ConfirmStep enrolment={begun} onConfirmed={setCodes} />}
      {!codes && !begun && <BeginStep onBegun={setBegun} />}
    </>
  );
}
