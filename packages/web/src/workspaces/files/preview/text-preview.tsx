import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { textQuery } from "../../../api/files.ts";
import { useLocale } from "../../../locales/use-locale.tsx";
import { IconPencil } from "../../../pieces/icons.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import classes from "./preview.module.css";
import { editLimit, textLimit } from "./preview-kind.ts";
import { TablePreview } from "./table-preview.tsx";
import { TextEditor } from "./text-editor.tsx";

interface TextPreviewProps {
  readonly workspaceId: number;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Shown as a table first. */
  readonly table: boolean;
  readonly writable: boolean;
  onUnsaved(unsaved: boolean): void;
}

/** The beginning of a text, or all of it; a small one can be edited. Markdown, HTML and SVG are text here. */
export function TextPreview({ workspaceId, path, size, table, writable, onUnsaved }: TextPreviewProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [editing, setEditing] = useState(false);
  const [asTable, setAsTable] = useState(table);
  const text = useQuery(textQuery(workspaceId, path, textLimit));
  if (text.isPending) return <RowsLoading rows={8} height={22} />;
  if (text.data === undefined) return <ReasonCard error={text.error} onRetry={() => void text.refetch()} />;
  const { content, version, isText } = text.data;
  if (!isText) return <p className="quiet">{t("preview.none")}</p>;
  if (editing && version !== null) {
    return (
      <TextEditor
        workspaceId={workspaceId}
        path={path}
        content={content}
        version={version}
        onUnsaved={onUnsaved}
        onReload={async () => {
          setEditing(false);
          await text.refetch();
        }}
        onClose={() => {
          setEditing(false);
          void text.refetch();
        }}
      />
    );
  }
  const editable = writable && size <= editLimit && version !== null;
  return (
    <>
      <div className={classes.verbs}>
        {editable && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPencil size={16} aria-hidden="true" />}
            onClick={() => setEditing(true)}
          >
            {t("preview.edit")}
          </Button>
        )}
        {table && (
          <Button variant="subtle" size="xs" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {t(asTable ? "preview.asText" : "preview.asTable")}
          </Button>
        )}
        {size > textLimit && <span className="quiet small">{t("preview.cut", { size: format.bytes(textLimit) })}</span>}
      </div>
      {content === "" && <p className="quiet">{t("preview.empty")}</p>}
      {content !== "" && asTable && <TablePreview text={content} />}
      {content !== "" && !asTable && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard
        <section className={classes.text} tabIndex={0} aria-label={t("preview.content")}>
          {content.split("\n").map((line, at) => (
            // Each line in its own direction: a Persian one runs from the right, code from the left.
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name and never move
            <span key={at} dir="auto">
              {line === "" ? "\n" : line}
            </span>
          ))}
        </section>
      )}
    </>
  );
}
