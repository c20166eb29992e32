import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { createWorkspace, workspacesQuery } from "../api/workspaces.ts";
import { may } from "../pieces/may.ts";
import { Section } from "../pieces/page.tsx";
import { QuickStart } from "../pieces/quick-start.tsx";

/** One click from nothing to a terminal: in the workspace used last, or in a new one when there is none. */
export function StartHere() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: workspaces } = useQuery(workspacesQuery);
  const latest = workspaces?.find((workspace) => may("workspace.start", workspace.status));
  const workspaceId = async () => {
    // Asked again at the click: the list may not have come yet, and a second "My workspace" would be odd.
    const list = await client.fetchQuery(workspacesQuery);
    const found = list.find((workspace) => may("workspace.start", workspace.status));
    if (found) return found.id;
    const made = await createWorkspace({ name: t("home.firstWorkspace"), description: "" });
    await client.invalidateQueries({ queryKey: ["workspaces"] });
    return made.id;
  };
  return (
    <Section
      title={t("home.start")}
      tour="start"
      action={
        workspaces && (
          <span className="quiet small">
            <bdi>{latest ? t("home.startIn", { name: latest.name }) : t("home.startNew")}</bdi>
          </span>
        )
      }
    >
      <QuickStart workspaceId={workspaceId} known={latest?.id ?? null} />
    </Section>
  );
}
