import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { retireHost } from "../api/admin-sessions.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { focusTitle } from "../pieces/focus-title.ts";

/** For a server that is gone for good: off the list, once the consequences were read. */
export function RetireHost({ node }: { node: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const retire = useMutation({
    mutationFn: () => retireHost(node),
    onSuccess: async () => {
      setAsking(false);
      // The line that the dialog would lead back to goes.
      focusTitle();
      await Promise.all(
        [["overview"], ["operations"], ["sessions", "hosts"]].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
    },
  });
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setAsking(true)}>
        {t("overview.retire")}
      </Button>
      <Confirm
        opened={asking}
        danger
        title={t("overview.retireTitle", { node })}
        text={t("overview.retireText")}
        action={t("overview.retireVerb")}
        pending={retire.isPending}
        error={retire.error}
        onConfirm={() => retire.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
