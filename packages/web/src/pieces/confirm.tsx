import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ReasonCard } from "./reason-card.tsx";

interface ConfirmProps {
  readonly opened: boolean;
  readonly title: string;
  readonly text: string;
  /** Whose, and which: where the title alone does not tell. */
  readonly about?: string;
  /** The verb on the button: what will happen. */
  readonly action: string;
  readonly danger?: boolean;
  readonly pending: boolean;
  readonly error: unknown;
  readonly children?: ReactNode;
  onConfirm(): void;
  onClose(): void;
}

/** Asks once before what can't be taken back by a click. */
export function Confirm(props: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} closeButtonProps={closeLabel(t)}>
      {props.about !== undefined && (
        <Text mb="xs" fw={600}>
          {props.about}
        </Text>
      )}
      <Text mb="md">{props.text}</Text>
      {props.children}
      {props.error ? <ReasonCard error={props.error} /> : null}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={props.onClose}>
          {t("common.cancel")}
        </Button>
        <Button color={props.danger ? "bad" : "accent"} loading={props.pending} onClick={props.onConfirm}>
          {props.action}
        </Button>
      </Group>
    </Modal>
  );
}

/** The name of a dialog's closing cross. */
export const closeLabel = (t: (key: string) => string) => ({ "aria-label": t("common.close") });
