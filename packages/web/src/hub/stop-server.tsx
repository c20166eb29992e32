import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stopServer } from "../api/hub-verbs.ts";
import { Confirm } from "../pieces/confirm.tsx";
import { IconPlayerStop } from "../pieces/icons.ts";
import { useServerName } from "./use-server-name.ts";

/** The end of a server that runs, asked for once more before it comes. */
export function StopServer({ server }: { server: string }) {
  const { t } = useTranslation();
  const nameOf = useServerName();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const stop = useMutation({
    mutationFn: () => stopServer(server),
    onSuccess: async () => {
      setAsked(false);
      await client.invalidateQueries({ queryKey: ["hub"] });
    },
  });
  return (
    <>
      <Button
        variant="subtle"
        color="bad"
        aria-label={t("jupyter.stopNamed", { name: nameOf(server) })}
        leftSection={<IconPlayerStop size={18} aria-hidden="true" />}
        onClick={() => setAsked(true)}
      >
        {t("jupyter.stop")}
      </Button>
      <Confirm
        opened={asked}
        danger
        title={t("jupyter.stopTitle")}
        text={t("jupyter.stopText")}
        action={t("jupyter.stop")}
        pending={stop.isPending}
        error={stop.error}
        onConfirm={() => stop.mutate()}
        onClose={() => setAsked(false)}
      />
    </>
  );
}
