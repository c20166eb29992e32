import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { rotateSecret, type Webhook } from "../api/webhooks.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { ShownOnce } from "../pieces/shown-once.tsx";

/** A new secret, once it was said that the old one signs beside it for a day. */
export function RotateSecret({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const rotate = useMutation({
    // Only where the warning below was read: a second click of the same hand is refused.
    mutationFn: () => rotateSecret(webhook.id, webhook.old_secret_until !== null),
    onSuccess: () => client.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  return (
    <ShownOnce
      title={t("webhooks.rotateTitle", { name: webhook.name })}
      secret={rotate.data?.secret ?? null}
      label={t("webhooks.secret")}
      told={t("webhooks.secretOnce")}
      below={<p className="quiet small">{t("webhooks.overlapNow")}</p>}
      onClose={onClose}
    >
      <Text mb="md">{t("webhooks.rotateText")}</Text>
      {webhook.old_secret_until !== null && (
        <Text mb="md" className="warned">
          {t("webhooks.rotateTwice")}
        </Text>
      )}
      {rotate.error && <ReasonCard error={rotate.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
          {t("webhooks.rotate")}
        </Button>
      </Group>
    </ShownOnce>
  );
}
