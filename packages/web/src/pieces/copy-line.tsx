import { ActionIcon } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./copy-line.module.css";
import { IconCheck, IconCopy } from "./icons.ts";

/** Something to type or send elsewhere, whole, with a button that copies it. Always left-to-right. */
export function CopyLine({ text, label, onCopied }: { text: string; label: string; onCopied?: () => void }) {
  return (
    <div className={classes.line}>
      <code className={classes.text} dir="ltr">
        {text}
      </code>
      <CopyButton text={text} label={`${label}: `} {...(onCopied ? { onCopied } : {})} />
    </div>
  );
}

interface CopyButtonProps {
  readonly text: string;
  /** Said before "Copy". */
  readonly label?: string;
  onCopied?(): void;
}

export function CopyButton({ text, label = "", onCopied }: CopyButtonProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const done = (isCopied: boolean) => {
    setCopied(isCopied);
    if (isCopied) onCopied?.();
  };
  const word = copied ? t("common.copied") : t("common.copy");
  return (
    <ActionIcon aria-label={label + word} title={word} onClick={() => void copy(text).then(done)}>
      {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
    </ActionIcon>
  );
}

/** Outside a secure context (plain http on another machine) there is no clipboard: the old way then. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => copyBySelection(text),
    );
  }
  return copyBySelection(text);
}

function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  const before = document.activeElement;
  // Within the dialog that it is pressed in: the keyboard is held there, and comes back from there to where it was.
  (before?.closest("[role=dialog]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return done;
}
