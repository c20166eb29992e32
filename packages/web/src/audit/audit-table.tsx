import { useTranslation } from "react-i18next";
import type { AuditLine } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";

/** A true table: who compares entries reads down a column. */
export function AuditTable({ items }: { items: readonly AuditLine[] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (
    // A wide table is scrolled by keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus
    <section className={rows.scroll} aria-label={t("audit.table")} tabIndex={0}>
      <table className={rows.table}>
        <thead>
          <tr>
            <th scope="col">{t("audit.when")}</th>
            <th scope="col">{t("audit.actor")}</th>
            <th scope="col">{t("audit.action")}</th>
            <th scope="col">{t("audit.subject")}</th>
            <th scope="col">{t("audit.outcome")}</th>
            <th scope="col">{t("audit.address")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((line) => (
            <tr key={line.id}>
              <td>
                <time dateTime={line.at}>{format.dateTime(line.at)}</time>
              </td>
              <td>
                <bdi>{line.actor.label ?? "–"}</bdi>
              </td>
              <td>
                <code className="mono ltr">{line.action}</code>
              </td>
              <td>
                {t(`subjects.${line.subject.kind}`, { defaultValue: line.subject.kind })}{" "}
                <bdi>{line.subject.label ?? line.subject.id}</bdi>
              </td>
              <td>
                <StateChip domain="audit" state={line.outcome} />
              </td>
              <td>
                <span className="mono ltr">{line.address ?? "–"}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
