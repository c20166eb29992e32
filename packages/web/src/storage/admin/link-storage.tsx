import { Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { linkStorage, type StorageSubject } from "../../api/storage.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { FormEnd } from "../../pieces/form-end.tsx";
import { type Owner, OwnerSelect } from "./owner-select.tsx";

/** Says whose storage it is. */
export function LinkStorage({ subject, onClose }: { subject: StorageSubject; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [owner, setOwner] = useState<Owner | null>(null);
  const { kind, name } = subject;
  const link = useMutation({
    mutationFn: ({ id }: Owner) => linkStorage(subject.id, kind === "user" ? { account_id: id } : { group_id: id }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["storage"] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("adminStorage.linkTitle", { name })} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (owner !== null) link.mutate(owner);
        }}
      >
        <Stack>
          <p className="quiet">{t("adminStorage.linkText")}</p>
          <OwnerSelect kind={kind} label={t(`adminStorage.one_${kind}`)} value={owner} onOwner={setOwner} />
          <FormEnd
            action={t("adminStorage.linkVerb")}
            disabled={owner === null}
            pending={link.isPending}
            error={link.error}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
