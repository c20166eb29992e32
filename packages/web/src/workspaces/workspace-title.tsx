import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Workspace } from "../api/types.ts";
import { updateWorkspace } from "../api/workspaces.ts";
import { formValues } from "../auth/form-values.ts";
import { focusTitle } from "../pieces/focus-title.ts";
import { IconPencil } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./workspace-page.module.css";

/** Beside the title: a pencil, and a field for another name in its place. Enter saves, Escape leaves it as it was. */
export function WorkspaceTitle({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const close = () => {
    setEditing(false);
    rename.reset();
    focusTitle();
  };
  const rename = useMutation({
    mutationFn: (name: string) => updateWorkspace(workspace.id, { name }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["workspaces"] });
      close();
    },
  });
  const label = t("workspaces.rename");
  if (!editing) {
    return (
      <ActionIcon aria-label={label} title={label} onClick={() => setEditing(true)}>
        <IconPencil size={18} />
      </ActionIcon>
    );
  }
  return (
    <form
      className={classes.rename}
      onSubmit={(event) => {
        const { name } = formValues(event, ["name"]);
        if (name === workspace.name || name === "") close();
        else rename.mutate(name);
      }}
      onKeyDown={(event: KeyboardEvent) => event.key === "Escape" && close()}
    >
      <TextInput
        name="name"
        aria-label={label}
        defaultValue={workspace.name}
        required
        maxLength={64}
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button type="submit" loading={rename.isPending}>
        {t("common.save")}
      </Button>
      <Button variant="default" onClick={close}>
        {t("common.cancel")}
      </Button>
      {rename.isError && <ReasonCard error={rename.error} />}
    </form>
  );
}
