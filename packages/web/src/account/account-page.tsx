import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import type { Me } from "../api/types.ts";
import { Page } from "../pieces/page.tsx";
import { PageTabs } from "../pieces/page-tabs.tsx";
import { accountTabs } from "./tabs.ts";

interface AccountPageProps {
  /** Under `account.tabs` in the catalogues. */
  readonly tab: (typeof accountTabs)[number]["word"];
  readonly children: (account: Me) => ReactNode;
}

/** A part of one's account: its own title and address, and the way to the others. */
export function AccountPage({ tab, children }: AccountPageProps) {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  if (!session?.account) return null;
  return (
    <Page title={t(`account.tabs.${tab}`)} above={t("account.title")}>
      <PageTabs
        label={t("account.title")}
        tabs={accountTabs.map(({ to, word }) => ({ to, word: t(`account.tabs.${word}`) }))}
      />
      {children(session.account)}
    </Page>
  );
}
