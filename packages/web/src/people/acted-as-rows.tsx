import { useTranslation } from "react-i18next";
import type { ActedAs } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconUserShield } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";

/** Who acted as the person, from when to when, and why. */
export function ActedAsRows({ items }: { items: readonly ActedAs[] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (
    <ul className={rows.rows}>
      {items.map((one) => (
        <li key={one.id} className={rows.row}>
          <IconUserShield size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
          <div className={rows.main}>
            <span className={rows.wrapping}>
              <bdi>{one.by.full_name || one.by.username}</bdi>: <bdi>{one.reason}</bdi>
            </span>
            <span className={rows.under}>
              {format.dateTime(one.begun_at)}{" "}
              {one.ended_at === null
                ? t("acting.until", { time: format.time(new Date(one.ends_at)) })
                : t("acting.to", { time: format.time(new Date(one.ended_at)) })}
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}
