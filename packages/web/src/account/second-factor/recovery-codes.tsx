import { Button, Checkbox } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../pieces/copy-line.tsx";
import { IconDownload } from "../../pieces/icons.ts";
import classes from "../account.module.css";

/** Shown once: to copy or to keep as a file. Nothing leads on before the person says that they have them. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const [kept, setKept] = useState(false);
  const text = `${codes.join("\n")}\n`;
  const address = useTextAddress(text);
  return (
    <div className={classes.form}>
      <p>{t("secondFactor.codesLead")}</p>
      <ul className={classes.codes} aria-label={t("secondFactor.codes")}>
        {codes.map((code) => (
          <li key={code}>
            <code dir="ltr">{code}</code>
          </li>
        ))}
      </ul>
      <div className={classes.formEnd}>
        <CopyButton text={text} label={`${t("secondFactor.codes")}: `} />
        <Button
          component="a"
          href={address}
          download="stoa-recovery-codes.txt"
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden="true" />}
        >
          {t("secondFactor.codesFile")}
        </Button>
      </div>
      <Checkbox
        label={t("secondFactor.codesKept")}
        checked={kept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <div className={classes.formEnd}>
        <Button disabled={!kept} onClick={onDone}>
          {t("secondFactor.done")}
        </Button>
      </div>
    </div>
  );
}

/** A text as something to download, made here and gone with the page. */
function useTextAddress(text: string): string {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [text]);
  return address;
}
