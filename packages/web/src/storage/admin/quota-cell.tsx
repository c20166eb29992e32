import { Button } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StorageSubject } from "../../api/storage.ts";
import { IconPencil } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { ownerName } from "../level.ts";
import { QuotaField } from "../quota-field.tsx";
import { readSize, typedSize } from "../sizes.ts";
import { useSize } from "../use-size.ts";
import classes from "./subjects.module.css";
import { useSetQuota } from "./use-set-quota.ts";

/** Somebody's quota, changed where it stands: Enter saves, Escape takes back. */
export function QuotaCell({ subject }: { subject: StorageSubject }) {
  const { t } = useTranslation();
  const size = useSize();
  const door = useRef<HTMLButtonElement>(null);
  const [text, setText] = useState<string | null>(null);
  const close = () => {
    setText(null);
    set.reset();
    // The field had the focus, and is gone.
    setTimeout(() => door.current?.focus(), 0);
  };
  const set = useSetQuota(subject, close);
  const name = ownerName(subject);
  if (text === null) {
    const words = subject.quota === 0 ? t("storage.noQuota") : size(subject.quota);
    return (
      <Button
        ref={door}
        className={rows.above}
        size="compact-sm"
        variant="subtle"
        rightSection={<IconPencil size={15} aria-hidden="true" />}
        aria-label={t("adminStorage.changeQuota", { name, quota: words })}
        onClick={() => setText(subject.quota === 0 ? "" : typedSize(subject.quota))}
      >
        {words}
      </Button>
    );
  }
  const bytes = readSize(text);
  const save = () => {
    if (bytes === subject.quota) close();
    else if (bytes !== null) set.mutate(bytes);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") save();
    if (event.key === "Escape") close();
  };
  return (
    <div className={`${rows.above} ${classes.edit}`}>
      <QuotaField
        value={text}
        onText={setText}
        used={subject.used}
        size="xs"
        aria-label={t("adminStorage.quotaOf", { name })}
        // Whoever pressed the button wants to type.
        ref={focusAll}
        disabled={set.isPending}
        onKeyDown={onKeyDown}
      />
      <div className={classes.ends}>
        <Button size="compact-xs" disabled={bytes === null} loading={set.isPending} onClick={save}>
          {t("common.save")}
        </Button>
        <Button size="compact-xs" variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
      </div>
      {set.isError && <ReasonCard error={set.error} />}
    </div>
  );
}

function focusAll(input: HTMLInputElement | null): void {
  input?.focus();
  input?.select();
}
