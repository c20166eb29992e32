import { Button, Group, Modal, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { closeLabel } from "./confirm.tsx";
import { CopyLine } from "./copy-line.tsx";
import classes from "./shown-once.module.css";

interface ShownOnceProps {
  readonly title: string;
  /** Null: `children` still stand for it, the form that makes it. */
  readonly secret: string | null;
  /** What it is, for who hears it. */
  readonly label: string;
  /** Said above it, and below. */
  readonly told: ReactNode;
  readonly below?: ReactNode;
  readonly children?: ReactNode;
  onClose(): void;
}

/** What had the focus is gone with the form. No button takes it: a second Enter must not close what is shown once. */
const takeFocus = (element: HTMLElement | null) => element?.focus();

/**
 * A dialog that ends with a secret which nobody can show again: however one leaves it, it asks first whether it was
 * meant, until the secret was copied by its button or by hand.
 */
export function ShownOnce(props: ShownOnceProps) {
  const { secret, onClose } = props;
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const copy = () => {
    setCopied(true);
    setAsking(false);
  };
  const leave = () => (secret === null || copied ? onClose() : setAsking(true));
  return (
    <Modal
      opened
      onClose={leave}
      title={props.title}
      closeButtonProps={closeLabel(t)}
      closeOnClickOutside={secret === null}
      size="lg"
    >
      {secret === null ? (
        props.children
      ) : (
        <Stack onCopy={copy}>
          <div className={classes.told} tabIndex={-1} ref={takeFocus}>
            {props.told}
          </div>
          <CopyLine text={secret} label={props.label} onCopied={copy} />
          {props.below}
          {asking ? (
            <Leave onStay={() => setAsking(false)} onLeave={onClose} />
          ) : (
            <Group justify="flex-end">
              <Button onClick={leave}>{t("common.close")}</Button>
            </Group>
          )}
        </Stack>
      )}
    </Modal>
  );
}

/** In the dialog itself: what is asked about stays in sight. */
function Leave({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <div role="alert" className="warned">
        {t("shownOnce.ask")}
      </div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onLeave}>
          {t("shownOnce.leave")}
        </Button>
        <Button onClick={onStay} ref={takeFocus}>
          {t("shownOnce.stay")}
        </Button>
      </Group>
    </>
  );
}
