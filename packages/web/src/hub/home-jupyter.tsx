import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { OwnHub } from "../api/hub.ts";
import { ServerCard } from "./server-card.tsx";
import { lookOf } from "./server-look.ts";

/** One's Jupyter on Home, and those with names that are not simply stopped. */
export function HomeJupyter({ hub }: { hub: OwnHub }) {
  const { t } = useTranslation();
  const shown = hub.servers.filter((one) => one.server === "" || lookOf(one) !== "stopped");
  return shown.map((server) => (
    <ServerCard
      key={server.server}
      hub={hub}
      server={server}
      more={server.server === "" && <Link to="/jupyter">{t("jupyter.all")}</Link>}
    />
  ));
}
