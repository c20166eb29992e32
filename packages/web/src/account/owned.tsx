import { useTranslation } from "react-i18next";
import type { DeletionPlan } from "../api/deletion.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { useSize } from "../storage/use-size.ts";
import classes from "./account.module.css";

/** What somebody owns, as large numbers: what would go with the account. Nothings are left out. */
export function Owned({ owned }: { owned: DeletionPlan["owned"] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const figures = Object.entries(owned).flatMap(([domain, counts]) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => ({ key: `${domain}.${what}`, what, count })),
  );
  if (figures.length === 0) return <p className="quiet">{t("owned.nothing")}</p>;
  return (
    <dl className={classes.figures}>
      {figures.map(({ key, what, count }) => (
        <div key={key}>
          <dt>{t(`owned.${key}`, { count, defaultValue: key })}</dt>
          <dd className="tabular">{what.endsWith("bytes") ? size(count) : format.number(count)}</dd>
        </div>
      ))}
    </dl>
  );
}
