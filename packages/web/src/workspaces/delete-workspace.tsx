import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { unansweredSharesQuery } from "../api/shares.ts";
import type { Workspace } from "../api/types.ts";
import { deleteWorkspace } from "../api/workspaces.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Confirm } from "../pieces/confirm.tsx";
import { nameOfPerson } from "../pieces/person-name.ts";
import { namedRefusal } from "./named-refusal.ts";

interface DeleteWorkspaceProps {
  readonly workspace: Workspace;
  onClose(): void;
  /** To who has it, where it can be taken back. */
  onShowShares(): void;
}

/** Asks once; while somebody may still accept it, says who, and leads there instead. */
export function DeleteWorkspace({ workspace, onClose, onShowShares }: DeleteWorkspaceProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { name } = workspace;
  const unanswered = useQuery({ ...unansweredSharesQuery(workspace.id), staleTime: 0 });
  const remove = useMutation({
    mutationFn: () => deleteWorkspace(workspace.id),
    onSuccess: async () => {
      await navigate({ to: "/workspaces" });
      await client.invalidateQueries({ queryKey: ["workspaces"] });
    },
    onError: () => client.invalidateQueries({ queryKey: ["shares"] }),
  });
  const waiting = [...new Set(unanswered.data?.map(({ receiver }) => nameOfPerson(receiver)))];
  const asked = { opened: true, title: t("workspaces.deleteTitle", { name }), onClose };
  if (waiting.length > 0) {
    return (
      <Confirm
        {...asked}
        text={t("sharing.deleteWaiting", { names: format.list(waiting) })}
        action={t("sharing.goTo")}
        pending={false}
        error={null}
        onConfirm={onShowShares}
      />
    );
  }
  return (
    <Confirm
      {...asked}
      danger
      text={t("workspaces.deleteText")}
      action={t("common.delete")}
      // Without an answer to who has it, the server still knows.
      pending={remove.isPending || unanswered.isPending}
      error={namedRefusal(remove.error, t("sharing.deleteRefused", { name }))}
      onConfirm={() => remove.mutate()}
    />
  );
}
