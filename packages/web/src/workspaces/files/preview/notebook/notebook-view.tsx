import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FilesOf } from "../../../../api/files.ts";
import { MarkdownView } from "../markdown/markdown-view.tsx";
import { CellOutput } from "./cell-output.tsx";
import classes from "./notebook.module.css";
import type { Cell, Notebook } from "./read-notebook.ts";

interface NotebookViewProps {
  readonly notebook: Notebook;
  readonly of: FilesOf;
  readonly path: string;
}

/** Cells drawn at a time. */
const step = 100;

/** The cells of a notebook, one below the other, with their turns beside them. */
export function NotebookView({ notebook, of, path }: NotebookViewProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(step);
  const { cells } = notebook;
  if (cells.length === 0) return <p className="quiet">{t("preview.noCells")}</p>;
  return (
    <>
      <ol className={classes.cells} aria-label={t("preview.cells")}>
        {cells.slice(0, shown).map((cell, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: cells have no name that is theirs alone, and never move
          <li key={at} className={classes.cell} data-kind={cell.kind}>
            <OneCell cell={cell} of={of} path={path} />
          </li>
        ))}
      </ol>
      {cells.length > shown && (
        <Button variant="subtle" onClick={() => setShown(shown + step)}>
          {t("preview.moreCells", { count: cells.length - shown })}
        </Button>
      )}
    </>
  );
}

function OneCell({ cell, of, path }: { cell: Cell } & Omit<NotebookViewProps, "notebook">) {
  const { t } = useTranslation();
  if (cell.kind === "markdown" || cell.kind === "heading") {
    return <MarkdownView text={cell.source} of={of} path={path} attached={cell.attached} />;
  }
  return (
    <>
      <span className={classes.turn} dir="ltr">
        {cell.kind === "code" && <span aria-hidden="true">{`[${cell.turn ?? " "}]`}</span>}
        {cell.turn !== null && <span className="visually-hidden">{t("preview.turn", { turn: cell.turn })}</span>}
      </span>
      <div className={classes.within}>
        {cell.source !== "" && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard
          <pre className={classes.code} dir="ltr" tabIndex={0} data-scrolls>
            {cell.source}
          </pre>
        )}
        {cell.outputs.map((output, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <CellOutput key={at} output={output} of={of} path={path} />
        ))}
      </div>
    </>
  );
}
