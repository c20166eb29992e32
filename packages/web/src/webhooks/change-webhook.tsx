import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { changeWebhook, type Webhook, type WebhookWish } from "../api/webhooks.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { WebhookForm } from "./webhook-form.tsx";

/** Another name, another address, other events. */
export function ChangeWebhook({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft(`webhook.${webhook.id}`);
  const change = useMutation({
    mutationFn: (wish: WebhookWish) => changeWebhook(webhook.id, wish),
    onSuccess: async () => {
      draft.clear();
      await client.invalidateQueries({ queryKey: ["webhooks"] });
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t("webhooks.changeOne", { name: webhook.name })}
      closeButtonProps={closeLabel(t)}
    >
      <WebhookForm
        draft={draft}
        webhook={webhook}
        pending={change.isPending}
        error={change.error}
        onSend={change.mutate}
        onClose={onClose}
      />
    </Modal>
  );
}
