import { Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { declineShare, type Share } from "../../api/shares.ts";
import { Confirm } from "../../pieces/confirm.tsx";

/** No, with a word to the sender if one likes. */
export function DeclineShare({ share, onClose }: { share: Share; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const decline = useMutation({
    mutationFn: () => declineShare(share.id, reason.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["shares"] });
      onClose();
    },
  });
  return (
    <Confirm
      opened
      title={t("sharing.declineTitle", { name: share.name })}
      text={t("sharing.declineText")}
      action={t("offers.decline")}
      pending={decline.isPending}
      error={decline.error}
      onConfirm={() => decline.mutate()}
      onClose={onClose}
    >
      <Textarea
        label={`${t("sharing.why")} (${t("common.optional")})`}
        maxLength={500}
        rows={2}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </Confirm>
  );
}
