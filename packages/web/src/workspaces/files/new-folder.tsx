import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createFolder } from "../../api/files.ts";
import { formValues } from "../../auth/form-values.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { isFileName, joinPath } from "./file-path.ts";

export function NewFolder(props: { workspaceId: number; folder: string; onClose: () => void }) {
  const { workspaceId, folder, onClose } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [badName, setBadName] = useState(false);
  const create = useMutation({
    mutationFn: (name: string) => createFolder(workspaceId, joinPath(folder, name)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["files", workspaceId] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("files.newFolder")} closeButtonProps={closeLabel(t)}>
      <form
        onSubmit={(event) => {
          const { name } = formValues(event, ["name"]);
          setBadName(!isFileName(name));
          if (isFileName(name)) create.mutate(name);
        }}
      >
        <Stack>
          <TextInput
            name="name"
            label={t("files.folderName")}
            error={badName && t("files.badName")}
            required
            withAsterisk={false}
            maxLength={255}
            data-autofocus
          />
          {create.isError && <ReasonCard error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t("common.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
