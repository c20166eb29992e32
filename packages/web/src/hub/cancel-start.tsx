import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { HubServer } from "../api/hub.ts";
import { stopServer } from "../api/hub-verbs.ts";
import { cancelOperation } from "../api/operations.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { goesOn } from "./server-look.ts";

/** Takes a start back: the operation's where it is ours, the server itself where it was begun at the hub. */
export function CancelStart({ server: { server, launch } }: { server: Pick<HubServer, "server" | "launch"> }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const cancel = useMutation<unknown>({
    mutationFn: () => (goesOn(launch) ? cancelOperation(launch.operation_id) : stopServer(server)),
    onSuccess: () => Promise.all([["hub"], ["operations"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <>
      <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        {t("jupyter.cancel")}
      </Button>
      {cancel.isError && <ReasonCard error={cancel.error} />}
    </>
  );
}
