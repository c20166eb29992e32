import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { createWebhook } from "../api/webhooks.ts";
import { ShownOnce } from "../pieces/shown-once.tsx";
import { useDraft } from "../pieces/use-draft.ts";
import { WebhookForm } from "./webhook-form.tsx";

/** Where to, and what of; then the secret, once. */
export function NewWebhook({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft("webhook.new");
  const create = useMutation({
    mutationFn: createWebhook,
    onSuccess: () => {
      draft.clear();
      return client.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  return (
    <ShownOnce
      title={create.isSuccess ? t("webhooks.made") : t("webhooks.new")}
      secret={create.data?.secret ?? null}
      label={t("webhooks.secret")}
      told={t("webhooks.secretOnce")}
      below={<p className="quiet small">{t("webhooks.thenPing")}</p>}
      onClose={onClose}
    >
      <WebhookForm
        draft={draft}
        pending={create.isPending}
        error={create.error}
        onSend={create.mutate}
        onClose={onClose}
      />
    </ShownOnce>
  );
}
