import { ActionIcon } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconChevronLeft, IconChevronRight } from "../../../pieces/icons.ts";
import rows from "../../../pieces/rows.module.css";
import { readCsv } from "./csv.ts";
import classes from "./preview.module.css";

/** Rows of a page. */
const perPage = 200;
/** Letters of a cell that are drawn. */
const longestCell = 2_000;

/** Separated text as a table, its first line as the head; large ones a page at a time. Each cell runs its own way. */
export function TablePreview({ text }: { text: string }) {
  const { t } = useTranslation();
  const [page, setPage] = useState(0);
  const { rows: lines, cut } = useMemo(() => readCsv(text), [text]);
  const [head = [], ...body] = lines;
  const pages = Math.max(1, Math.ceil(body.length / perPage));
  const from = page * perPage;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard */}
      <section className={classes.table} tabIndex={0} data-scrolls aria-label={t("preview.table")}>
        <table className={rows.table}>
          <thead>
            <tr>
              <th scope="col" className={classes.number}>
                <span className="visually-hidden">{t("preview.row")}</span>
              </th>
              {head.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name and never move
                <th key={at} scope="col" dir="auto">
                  {shown(cell)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.slice(from, from + perPage).map((line, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name and never move
              <tr key={row}>
                <td className={classes.number}>{t("preview.number", { at: from + row + 1 })}</td>
                {line.map((cell, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <td key={at} dir="auto">
                    {shown(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className={classes.rest}>
        <span className="quiet small" role="status">
          {t("preview.rows", {
            from: Math.min(from + 1, body.length),
            to: Math.min(body.length, from + perPage),
            all: body.length,
          })}
          {cut && ` · ${t("preview.tableCut")}`}
        </span>
        {pages > 1 && (
          <nav className={classes.beside} aria-label={t("preview.pages")}>
            <Turn word="preview.rowsBefore" to={page - 1} pages={pages} onTurn={setPage} />
            <Turn word="preview.rowsAfter" to={page + 1} pages={pages} onTurn={setPage} />
          </nav>
        )}
      </div>
    </>
  );
}

interface TurnProps {
  readonly word: "preview.rowsBefore" | "preview.rowsAfter";
  readonly to: number;
  readonly pages: number;
  onTurn(page: number): void;
}

function Turn({ word, to, pages, onTurn }: TurnProps) {
  const { t } = useTranslation();
  const Arrow = word === "preview.rowsBefore" ? IconChevronLeft : IconChevronRight;
  return (
    <ActionIcon aria-label={t(word)} title={t(word)} disabled={to < 0 || to >= pages} onClick={() => onTurn(to)}>
      <Arrow size={18} className="along" />
    </ActionIcon>
  );
}

const shown = (cell: string): string => (cell.length > longestCell ? `${cell.slice(0, longestCell)} …` : cell);
