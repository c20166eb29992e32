import { useTranslation } from "react-i18next";
import { RowsLoading } from "../../pieces/rows-loading.tsx";

/** While all files are looked at, which takes seconds. */
export function LargestLoading() {
  const { t } = useTranslation();
  return (
    <>
      <p className="quiet">{t("storage.looking")}</p>
      <RowsLoading rows={5} height={60} />
    </>
  );
}
