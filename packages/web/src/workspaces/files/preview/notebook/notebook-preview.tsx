import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FilesOf } from "../../../../api/files.ts";
import { ReasonCard } from "../../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../../pieces/rows-loading.tsx";
import { notebookLimit } from "../preview-kind.ts";
import { TextPreview } from "../text-preview.tsx";
import { useText } from "../use-text.ts";
import { NotebookView } from "./notebook-view.tsx";
import { readNotebook } from "./read-notebook.ts";

interface NotebookPreviewProps {
  readonly of: FilesOf;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly writable: boolean;
  readonly editing: boolean;
  onEditing(editing: boolean): void;
}

/** A notebook to read: what was typed and what came of it. To run it, open the workspace in Jupyter. */
export function NotebookPreview(props: NotebookPreviewProps) {
  const { of, path } = props;
  const { t } = useTranslation();
  const { query, text } = useText(of, path, notebookLimit);
  const notebook = useMemo(() => (text?.isText ? readNotebook(text.content) : null), [text]);
  if (query.isPending) return <RowsLoading rows={8} height={22} />;
  if (text === undefined) return <ReasonCard error={query.error} onRetry={() => void query.refetch()} />;
  if (notebook === null) {
    return (
      <>
        <p className="quiet">{t("preview.noNotebook")}</p>
        <TextPreview {...props} writable={false} kind="json" />
      </>
    );
  }
  return <NotebookView notebook={notebook} of={of} path={path} />;
}
