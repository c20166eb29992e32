import { useTranslation } from "react-i18next";
import type { AnyServer } from "../../api/hub-admin.ts";
import { IconCheck, IconCircleDot } from "../../pieces/icons.ts";
import { type ChipLook, WordChip } from "../../pieces/word-chip.tsx";

const looks: Readonly<Record<AnyServer["state"], ChipLook>> = {
  starting: { tone: "busy" },
  ready: { tone: "good", icon: IconCircleDot },
  stopping: { tone: "busy" },
  stopped: { tone: "quiet", icon: IconCheck },
};

/** How it stands; one that is to be ended is on its way. */
export function AnyServerChip({ server }: { server: AnyServer }) {
  const { t } = useTranslation();
  const state = server.stop_wanted !== null && server.state !== "stopped" ? "stopping" : server.state;
  return <WordChip {...looks[state]} state={state} word={t(`adminHub.stateIs.${state}`)} />;
}
