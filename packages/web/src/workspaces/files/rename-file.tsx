import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isThere, moveFile } from "../../api/files.ts";
import type { FileEntry } from "../../api/types.ts";
import { formValues } from "../../auth/form-values.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { useUndo } from "../../pieces/undo.tsx";
import { folderOf, isFileName, joinPath, nameOf, shownName } from "./file-path.ts";
import { moveBack } from "./move-back.ts";
import { placeEach } from "./place-each.ts";
import { useTakenQuestion } from "./use-taken-question.tsx";

/** A new name in the same folder; what comes before the ending is chosen already. */
export function RenameFile(props: { workspaceId: number; entry: FileEntry; onClose: () => void }) {
  const { workspaceId, entry, onClose } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const field = useRef<HTMLInputElement>(null);
  const [badName, setBadName] = useState(false);
  const taken = useTakenQuestion();
  const rename = useMutation({
    mutationFn: (name: string) =>
      placeEach([{ from: entry.path, to: joinPath(folderOf(entry.path), name) }], {
        act: ({ from, to }, replace) => moveFile(workspaceId, from, to, replace),
        isTaken: (path) => isThere(workspaceId, path),
        ask: taken.ask,
      }),
    onSuccess: async (renamed) => {
      const [one] = renamed;
      // Another name is to be found: the question was cancelled.
      if (!one) return;
      const refresh = () => client.invalidateQueries({ queryKey: ["files", workspaceId] });
      await refresh();
      onClose();
      offerUndo({
        text: t("files.renamed", { name: shownName(nameOf(one.to)) }),
        undo: () => moveBack(workspaceId, one).then(refresh),
      });
    },
  });
  useEffect(() => {
    const ending = entry.type === "file" ? entry.name.lastIndexOf(".") : -1;
    field.current?.focus();
    field.current?.setSelectionRange(0, ending > 0 ? ending : entry.name.length);
  }, [entry]);
  const asking = taken.question !== null;
  useEffect(() => {
    // Back from the question: another name is typed.
    if (!asking) field.current?.focus();
  }, [asking]);
  return (
    <Modal
      opened
      onClose={asking ? taken.stop : onClose}
      title={t("files.renameTitle")}
      closeButtonProps={closeLabel(t)}
    >
      {taken.question}
      <form
        // What was typed stays, for when the question is cancelled.
        hidden={asking}
        onSubmit={(event) => {
          const { name } = formValues(event, ["name"]);
          setBadName(!isFileName(name));
          if (name === entry.name) onClose();
          else if (isFileName(name)) rename.mutate(name);
        }}
      >
        <Stack>
          <TextInput
            ref={field}
            name="name"
            label={t("files.newName")}
            defaultValue={entry.name}
            error={badName && t("files.badName")}
            required
            withAsterisk={false}
            maxLength={255}
            data-autofocus
          />
          {rename.isError && <ReasonCard error={rename.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={rename.isPending}>
              {t("files.rename")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
