import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FilesOf, isPast } from "../../../api/files.ts";
import { IconPencil } from "../../../pieces/icons.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import { useSize } from "../../../storage/use-size.ts";
import { BytesPreview } from "./bytes-preview.tsx";
import { prettyJson } from "./pretty-json.ts";
import classes from "./preview.module.css";
import { editLimit, textStep } from "./preview-kind.ts";
import { TablePreview } from "./table-preview.tsx";
import { TextLines } from "./text-lines.tsx";
import { useText } from "./use-text.ts";

const TextEditor = lazy(() => import("./editor/text-editor.tsx").then((module) => ({ default: module.TextEditor })));
const MarkdownView = lazy(() =>
  import("./markdown/markdown-view.tsx").then((module) => ({ default: module.MarkdownView })),
);

/** Kinds of text that have a look besides their letters. */
export type TextKind = "text" | "markdown" | "table" | "json";

interface TextPreviewProps {
  readonly of: FilesOf;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly kind: TextKind;
  readonly writable: boolean;
  readonly editing: boolean;
  onEditing(editing: boolean): void;
}

const looks = { text: null, markdown: "asPage", table: "asTable", json: "asTree" } as const;

/** The beginning of a text, and more of it when asked; a small one can be edited. HTML and code are letters here. */
export function TextPreview(props: TextPreviewProps) {
  const { of, path, kind, writable, editing, onEditing } = props;
  const { t } = useTranslation();
  const written = useSize();
  const client = useQueryClient();
  const [asLetters, setAsLetters] = useState(kind === "text");
  const { query, text, put } = useText(of, path, textStep);
  if (query.isPending) return <RowsLoading rows={8} height={22} />;
  if (text === undefined) return <ReasonCard error={query.error} onRetry={() => void query.refetch()} />;
  // How long it is, what is in it and which version that is are of one answer: the facts above may be of another.
  const { content, marked, version, isText, read, size } = text;
  if (!isText) return <BytesPreview of={of} path={path} size={props.size} />;
  const editable = !isPast(of) && writable && size <= editLimit && read === size && version !== null;
  if (editing && editable) {
    const refresh = () => client.invalidateQueries({ queryKey: ["files", of] });
    const again = async () => {
      onEditing(false);
      await client.resetQueries({ queryKey: ["files", of, "parts", path] });
      await refresh();
    };
    return (
      <TextEditor
        workspaceId={of}
        path={path}
        markdown={kind === "markdown"}
        original={marked ? `\ufeff${content}` : content}
        version={version}
        onSaved={(saved) => {
          put(saved.text, saved.version);
          void refresh();
        }}
        onEnd={() => onEditing(false)}
        onAnew={() => void again()}
        onDrop={() => onEditing(false)}
      />
    );
  }
  const look = looks[kind];
  return (
    <>
      <div className={classes.verbs}>
        {editable && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPencil size={16} aria-hidden="true" />}
            onClick={() => onEditing(true)}
          >
            {t("preview.edit")}
          </Button>
        )}
        {look && content !== "" && (
          <Button variant="subtle" size="xs" onClick={() => setAsLetters(!asLetters)}>
            {t(asLetters ? `preview.${look}` : "preview.asText")}
          </Button>
        )}
      </div>
      {content === "" ? (
        <p className="quiet">{t("preview.empty")}</p>
      ) : (
        <Suspense fallback={<RowsLoading rows={6} height={22} />}>
          <Look kind={asLetters ? "text" : kind} content={content} of={of} path={path} />
        </Suspense>
      )}
      {read < size && (
        <div className={classes.rest}>
          <span className="quiet small">{t("preview.shownOf", { shown: written(read), size: written(size) })}</span>
          <Button
            variant="subtle"
            size="compact-sm"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("common.more")}
          </Button>
          {query.isFetchNextPageError && <ReasonCard error={query.error} />}
        </div>
      )}
    </>
  );
}

interface LookProps {
  readonly kind: TextKind;
  readonly content: string;
  readonly of: FilesOf;
  readonly path: string;
}

function Look({ kind, content, of, path }: LookProps) {
  switch (kind) {
    case "table":
      return <TablePreview text={content} />;
    case "markdown":
      return <MarkdownView text={content} of={of} path={path} />;
    case "json":
      return <TextLines text={prettyJson(content) ?? content} />;
    default:
      return <TextLines text={content} />;
  }
}
