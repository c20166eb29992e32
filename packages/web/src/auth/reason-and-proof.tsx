import { Button, Group, Modal, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { CodeField, plainDigits } from "./code-field.tsx";
import { formValues } from "./form-values.ts";
import { PasswordField } from "./password-field.tsx";

/** As it was given: the reason, and what proves that it is oneself. */
export interface Proof {
  readonly reason: string;
  readonly current_password: string;
  readonly code?: string;
}

interface ReasonAndProofProps {
  readonly title: string;
  readonly text: string;
  readonly verb: string;
  /** Also after it was done, while the browser goes elsewhere. */
  readonly pending: boolean;
  /** Null: nothing went wrong. */
  readonly error: unknown;
  /** What is asked besides, below the reason. */
  readonly children?: ReactNode;
  onGiven(proof: Proof): void;
  onClose(): void;
}

/** Before what is somebody else's is entered: why, which they are told, and the own password once more. */
export function ReasonAndProof(props: ReasonAndProofProps) {
  const { title, text, verb, pending, error, children, onGiven, onClose } = props;
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          const { reason, current_password, code } = formValues(event, ["reason", "current_password", "code"]);
          onGiven({ reason, current_password, ...(code ? { code: plainDigits(code) } : {}) });
        }}
      >
        <p>{text}</p>
        <Textarea
          name="reason"
          label={t("acting.reason")}
          description={t("acting.reasonHint")}
          dir="auto"
          required
          minLength={3}
          maxLength={300}
          autosize
          minRows={2}
          data-autofocus
        />
        {children}
        <PasswordField name="current_password" label={t("acting.ownPassword")} />
        {session?.account?.second_factor && <CodeField />}
        {error !== null && <ReasonCard error={error} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={pending}>
            {verb}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
