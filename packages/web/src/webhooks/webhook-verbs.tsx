import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteWebhook, type Reach, setActive, type Webhook } from "../api/webhooks.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { IconKey, IconPencil, IconPlayerPlay, IconPlayerStop, IconTrash } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { ChangeWebhook } from "./change-webhook.tsx";
import { RotateSecret } from "./rotate-secret.tsx";
import classes from "./webhooks.module.css";

type Dialog = "change" | "rotate" | "delete";

/** What may be done to it; of others' webhooks only what stops them, and lets them go on. */
export function WebhookVerbs({ webhook, reach }: { webhook: Webhook; reach: Reach }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Dialog | null>(null);
  const close = () => setOpen(null);
  const renew = () => client.invalidateQueries({ queryKey: ["webhooks"] });
  const isOn = webhook.state === "on";
  const turn = useMutation({
    mutationFn: () => setActive(reach, webhook.id, !isOn),
    onSettled: renew,
  });
  const remove = useMutation({
    mutationFn: () => deleteWebhook(reach, webhook.id),
    onSuccess: async () => {
      // Its own page would ask for it once more.
      await navigate({ to: reach === "own" ? "/account/webhooks" : "/system/webhooks" });
      client.removeQueries({ queryKey: ["webhooks", "one", reach, webhook.id] });
      await renew();
    },
  });
  return (
    <div className={classes.verbs}>
      <Button
        variant="default"
        leftSection={
          isOn ? <IconPlayerStop size={18} aria-hidden="true" /> : <IconPlayerPlay size={18} aria-hidden="true" />
        }
        loading={turn.isPending}
        onClick={() => turn.mutate()}
      >
        {t(isOn ? "webhooks.pause" : webhook.state === "off" ? "webhooks.switchOn" : "webhooks.goOn")}
      </Button>
      {turn.error && <ReasonCard error={turn.error} />}
      {reach === "own" && (
        <>
          <Button
            variant="default"
            leftSection={<IconPencil size={18} aria-hidden="true" />}
            onClick={() => setOpen("change")}
          >
            {t("webhooks.change")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconKey size={18} aria-hidden="true" />}
            onClick={() => setOpen("rotate")}
          >
            {t("webhooks.rotate")}
          </Button>
        </>
      )}
      <Button
        variant="subtle"
        color="bad"
        leftSection={<IconTrash size={18} aria-hidden="true" />}
        onClick={() => setOpen("delete")}
      >
        {t("common.delete")}
      </Button>
      {open === "change" && <ChangeWebhook webhook={webhook} onClose={close} />}
      {open === "rotate" && <RotateSecret webhook={webhook} onClose={close} />}
      <Confirm
        opened={open === "delete"}
        danger
        title={t("webhooks.deleteTitle", { name: webhook.name })}
        text={t("webhooks.deleteText")}
        action={t("common.delete")}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </div>
  );
}
