import { Checkbox } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { updateAccount } from "../api/account.ts";
import { sessionQuery } from "../api/auth.ts";
import type { Me } from "../api/types.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";

/** Whether others find one when they look for somebody to share with. Kept at once. */
export function DirectoryVisibility({ account }: { account: Me }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (directory_visible: boolean) => updateAccount({ directory_visible }),
    onSettled: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  return (
    <>
      <Checkbox
        label={t("account.visible")}
        description={t("account.visibleText")}
        checked={save.isPending ? save.variables : account.directory_visible}
        onChange={(event) => save.mutate(event.currentTarget.checked)}
      />
      {save.isError && <ReasonCard error={save.error} />}
    </>
  );
}
