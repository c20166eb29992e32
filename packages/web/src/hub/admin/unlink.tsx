import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type HubPerson, unlinkHubUser } from "../../api/hub-admin.ts";
import { Confirm } from "../../pieces/confirm.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";

/** Takes a hub user off somebody, once it was said what stays and what ends. */
export function Unlink({ account, name }: { account: HubPerson; name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const unlink = useMutation({
    mutationFn: () => unlinkHubUser(account.id, name),
    onSuccess: async () => {
      setAsking(false);
      await client.invalidateQueries({ queryKey: ["hub"] });
    },
  });
  const person = nameOfPerson(account);
  return (
    <>
      <Button
        variant="subtle"
        color="bad"
        size="compact-sm"
        aria-label={t("adminHub.unlinkOne", { name, person })}
        onClick={() => setAsking(true)}
      >
        {t("adminHub.unlink")}
      </Button>
      <Confirm
        opened={asking}
        danger
        title={t("adminHub.unlinkTitle", { name, person })}
        text={t("adminHub.unlinkText")}
        action={t("adminHub.unlink")}
        pending={unlink.isPending}
        error={unlink.error}
        onConfirm={() => unlink.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
