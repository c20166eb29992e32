import { Button, Modal, Group as Row, SegmentedControl, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { plainDigits } from "../auth/code-field.tsx";
import { useLocale } from "../locales/use-locale.tsx";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";

interface ManyCoreHoursProps {
  readonly count: number;
  readonly pending: boolean;
  readonly error: unknown;
  /** Who they are. */
  readonly children: ReactNode;
  onHours(quota: { allowed: string; period: "month" | "total" }): void;
  onClose(): void;
}

/** One limit of core hours for all of them. */
export function ManyCoreHours({ count, pending, error, children, onHours, onClose }: ManyCoreHoursProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [text, setText] = useState("");
  const [period, setPeriod] = useState<"month" | "total">("month");
  const allowed = plainDigits(text.trim()).replace("٫", ".");
  const good = /^\d{1,9}(\.\d{1,5})?$/.test(allowed);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("people.setHoursTitle", { count, n: format.number(count) })}
      closeButtonProps={closeLabel(t)}
    >
      {children}
      <p>{t("coreHours.setText")}</p>
      <TextInput
        label={t("coreHours.hours")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== "" && !good ? t("coreHours.wrong") : undefined}
        inputMode="decimal"
        dir="ltr"
        data-autofocus
      />
      <SegmentedControl
        mt="sm"
        transitionDuration={150}
        aria-label={t("coreHours.period")}
        value={period}
        onChange={(value) => setPeriod(value === "total" ? "total" : "month")}
        data={[
          { value: "month", label: t("coreHours.eachMonth") },
          { value: "total", label: t("coreHours.inAll") },
        ]}
      />
      {error ? <ReasonCard error={error} /> : null}
      <Row justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button disabled={!good} loading={pending} onClick={() => onHours({ allowed, period })}>
          {t("people.setHours")}
        </Button>
      </Row>
    </Modal>
  );
}
