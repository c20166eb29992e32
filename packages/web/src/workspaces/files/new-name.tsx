import { Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createFile, createFolder } from "../../api/files.ts";
import { formValues } from "../../auth/form-values.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { FormEnd } from "../../pieces/form-end.tsx";
import { isFileName, joinPath } from "./file-path.ts";

interface NewNameProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly kind: "newFolder" | "newFile";
  onClose(): void;
}

/** A folder, or an empty file that opens to be written in. */
export function NewName({ workspaceId, folder, kind, onClose }: NewNameProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [badName, setBadName] = useState(false);
  const create = useMutation({
    mutationFn: async (name: string) => {
      const path = joinPath(folder, name);
      await (kind === "newFolder" ? createFolder : createFile)(workspaceId, path);
      return path;
    },
    onSuccess: async (path) => {
      await client.invalidateQueries({ queryKey: ["files", workspaceId] });
      onClose();
      if (kind === "newFolder") return;
      const search = { ...(folder === "" ? {} : { path: folder }), file: path, edit: true as const };
      const params = { workspaceId: String(workspaceId) };
      await navigate({ to: "/workspaces/$workspaceId", params, search, resetScroll: false });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t(`files.${kind}`)} closeButtonProps={closeLabel(t)}>
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
            label={t(kind === "newFolder" ? "files.folderName" : "files.fileName")}
            error={badName && t("files.badName")}
            required
            withAsterisk={false}
            maxLength={255}
            data-autofocus
          />
          <FormEnd pending={create.isPending} error={create.error} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
