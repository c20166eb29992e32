import { useTranslation } from "react-i18next";
import { PageTabs } from "../pieces/page-tabs.tsx";

/** What one's notebooks ran, and what the portal did for one. */
export function ActivityTabs() {
  const { t } = useTranslation();
  return (
    <PageTabs
      label={t("activity.title")}
      tabs={[
        { to: "/activity", word: t("runs.tabs.runs") },
        { to: "/activity/operations", word: t("runs.tabs.operations") },
      ]}
    />
  );
}
