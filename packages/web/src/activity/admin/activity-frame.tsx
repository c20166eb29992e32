import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../../pieces/page.tsx";
import { PageTabs } from "../../pieces/page-tabs.tsx";

/** A page of everybody's activity, what it rests on, and the way to the other. */
export function ActivityFrame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Page title={title}>
      <PageTabs
        label={t("adminActivity.title")}
        tabs={[
          { to: "/admin/activity", word: t("adminActivity.tabPeople") },
          { to: "/admin/activity/runs", word: t("adminActivity.tabRuns") },
        ]}
      />
      <p className="quiet">{t("adminActivity.selfReported")}</p>
      {children}
    </Page>
  );
}
