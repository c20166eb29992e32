import { useTranslation } from "react-i18next";
import type { HubServer } from "../api/hub.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { When } from "../pieces/when.tsx";

/** Why a server that does not run was stopped last, and when. Nothing of one that never ran. */
export function StoppedBecause({ server, idleMinutes }: { server: HubServer; idleMinutes: number }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { stopped_because: because, stopped_at: at } = server;
  if (because === null || at === null) return null;
  const told =
    because === "idle" && idleMinutes
      ? t("jupyter.stopped.idleFor", { time: format.duration(idleMinutes * 60) })
      : t(`jupyter.stopped.${because}`, { defaultValue: t("jupyter.stopped.gone") });
  return (
    <p className="quiet small">
      {told} <When at={at} />
    </p>
  );
}
