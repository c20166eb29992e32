import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../pieces/page.tsx";
import { PageTabs } from "../pieces/page-tabs.tsx";
import { systemTabs } from "./tabs.ts";

interface SystemPageProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A page of System: its own title and action, and the way to the others. */
export function SystemPage({ title, action, children }: SystemPageProps) {
  const { t } = useTranslation();
  return (
    <Page title={title} action={action}>
      <PageTabs
        label={t("frame.system")}
        tabs={systemTabs.map(({ to, word }) => ({ to, word: t(`system.tabs.${word}`) }))}
      />
      {children}
    </Page>
  );
}
