import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { HubServer } from "../api/hub.ts";
import { keepServer } from "../api/hub-verbs.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useNow } from "../pieces/clock.ts";
import { IconHourglass } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import classes from "./hub.module.css";
import { secondsToIdleStop } from "./server-look.ts";
import { useServerName } from "./use-server-name.ts";

/** That a server is about to be stopped because nobody uses it, and the one click that keeps it. */
export function SoonIdle({ server }: { server: HubServer }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const nameOf = useServerName();
  const client = useQueryClient();
  const left = secondsToIdleStop(server, useNow(true));
  const keep = useMutation({
    mutationFn: () => keepServer(server.server),
    onSuccess: () => client.invalidateQueries({ queryKey: ["hub"] }),
  });
  if (left === null) return null;
  return (
    <div className={classes.soon}>
      <IconHourglass size={20} aria-hidden="true" />
      <span>
        {/* The figure counts down each second: read aloud once, not each time. */}
        <span role="status" className="visually-hidden">
          {t("jupyter.soon.aloud", { name: nameOf(server.server) })}
        </span>
        <span aria-hidden="true" className="tabular">
          {t("jupyter.soon.text", { left: format.duration(left) })}
        </span>
      </span>
      <Button size="sm" loading={keep.isPending} onClick={() => keep.mutate()}>
        {t("jupyter.soon.keep")}
      </Button>
      {keep.isError && <ReasonCard error={keep.error} />}
    </div>
  );
}
