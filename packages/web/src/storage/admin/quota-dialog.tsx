import { Button, Group, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { QuotaField } from "../quota-field.tsx";
import { readSize } from "../sizes.ts";

interface QuotaDialogProps {
  readonly count: number;
  /** Whose, where they are known by name. */
  readonly names: readonly string[];
  readonly pending: boolean;
  readonly error: unknown;
  /** How far it is. */
  readonly children: ReactNode;
  onQuota(quota: number): void;
  onClose(): void;
}

const named = 5;

/** One quota for all of them. */
export function QuotaDialog({ count, names, pending, error, children, onQuota, onClose }: QuotaDialogProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const quota = readSize(text);
  return (
    <Modal opened onClose={onClose} title={t("adminStorage.setQuotaTitle", { count })} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (quota !== null) onQuota(quota);
        }}
      >
        {names.length > 0 && (
          <p className="quiet">
            <bdi>{names.slice(0, named).join(", ")}</bdi>{" "}
            {names.length > named && t("trash.andMore", { count: names.length - named })}
          </p>
        )}
        <p>{t("adminStorage.setQuotaText")}</p>
        <QuotaField label={t("storage.quota")} value={text} onText={setText} data-autofocus disabled={pending} />
        {children}
        {error ? <ReasonCard error={error} /> : null}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={quota === null} loading={pending}>
            {t("adminStorage.setQuota")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
