import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ReasonCard } from "./reason-card.tsx";

interface FormEndProps {
  /** The verb on the button that sends; "Create" where nothing else is said. */
  readonly action?: string;
  /** In which colour: what it does goes beyond this form. */
  readonly tone?: "accent" | "warn" | undefined;
  /** Something that it can't do without is missing. */
  readonly disabled?: boolean;
  readonly pending: boolean;
  /** Of the last try, where no field tells it. */
  readonly error: unknown;
  onClose(): void;
}

/** How a dialog's form ends: what went wrong, the way out, the button that sends. */
export function FormEnd({ action, tone = "accent", disabled = false, pending, error, onClose }: FormEndProps) {
  const { t } = useTranslation();
  return (
    <>
      {error ? <ReasonCard error={error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" color={tone} disabled={disabled} loading={pending}>
          {action ?? t("common.create")}
        </Button>
      </Group>
    </>
  );
}
