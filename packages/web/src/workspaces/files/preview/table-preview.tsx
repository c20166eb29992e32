import { useTranslation } from "react-i18next";
import rows from "../../../pieces/rows.module.css";
import { readCsv, shownRows } from "./csv.ts";
import classes from "./preview.module.css";

/** Comma, semicolon or tab separated text as a table, its first line as the head. */
export function TablePreview({ text }: { text: string }) {
  const { t } = useTranslation();
  const { rows: lines, cut } = readCsv(text);
  const [head = [], ...body] = lines;
  return (
    <>
      {cut && <p className="quiet small">{t("preview.tableCut", { count: shownRows })}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard */}
      <section className={classes.table} tabIndex={0} aria-label={t("preview.table")}>
        <table className={rows.table}>
          <thead>
            <tr>
              {head.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name and never move
                <th key={at} scope="col" dir="auto">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((line, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name and never move
              <tr key={row}>
                {line.map((cell, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <td key={at} dir="auto">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
