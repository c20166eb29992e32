import { useTranslation } from "react-i18next";
import { Page } from "../pieces/page.tsx";
import { Curves } from "./curves.tsx";
import { Needs } from "./needs.tsx";

/** What needs an operator; then how the installation did. */
export function OverviewPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("overview.title")}>
      <Needs />
      <Curves />
    </Page>
  );
}
