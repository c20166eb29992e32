import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../../pieces/page.tsx";
import { PageTabs } from "../../pieces/page-tabs.tsx";

interface StorageFrameProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A page of everybody's storage: its own title and action, and the way to the other. */
export function StorageFrame({ title, action, children }: StorageFrameProps) {
  const { t } = useTranslation();
  return (
    <Page title={title} action={action}>
      <PageTabs
        label={t("frame.allStorage")}
        tabs={[
          { to: "/admin/storage", word: t("adminStorage.tabAll") },
          { to: "/admin/storage/trash", word: t("adminStorage.tabTrash") },
        ]}
      />
      {children}
    </Page>
  );
}
