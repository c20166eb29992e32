import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deleteGroup, type Group } from "../api/groups.ts";
import { Confirm } from "../pieces/confirm.tsx";

export function DeleteGroup({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => deleteGroup(group.id),
    onSuccess: async () => {
      await navigate({ to: "/groups" });
      await client.invalidateQueries({ queryKey: ["groups"] });
    },
  });
  return (
    <Confirm
      opened
      danger
      title={t("groups.deleteTitle", { name: group.name })}
      text={t("groups.deleteText")}
      action={t("common.delete")}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
