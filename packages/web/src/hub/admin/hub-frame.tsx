import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../../pieces/page.tsx";
import { PageTabs } from "../../pieces/page-tabs.tsx";

interface HubFrameProps {
  readonly title: string;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** A page about JupyterHub as a whole, and the way to the others. */
export function HubFrame({ title, beside, children }: HubFrameProps) {
  const { t } = useTranslation();
  return (
    <Page title={title} beside={beside}>
      <PageTabs
        label={t("frame.hub")}
        tabs={[
          { to: "/admin/hub", word: t("adminHub.tabHealth") },
          { to: "/admin/hub/servers", word: t("adminHub.tabServers") },
          { to: "/admin/hub/people", word: t("adminHub.tabPeople") },
        ]}
      />
      {children}
    </Page>
  );
}
