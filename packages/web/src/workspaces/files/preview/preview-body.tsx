import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { FilesOf } from "../../../api/files.ts";
import { Boundary } from "../../../pieces/boundary.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import { nameOf } from "../file-path.ts";
import { BytesPreview } from "./bytes-preview.tsx";
import { ImagePreview } from "./image-preview.tsx";
import { MediaPreview } from "./media-preview.tsx";
import classes from "./preview.module.css";
import { previewKind } from "./preview-kind.ts";
import { TextPreview } from "./text-preview.tsx";

/** What draws a PDF is large: it comes with the first one. */
const PdfPreview = lazy(() => import("./pdf/pdf-preview.tsx").then((module) => ({ default: module.PdfPreview })));
const NotebookPreview = lazy(() =>
  import("./notebook/notebook-preview.tsx").then((module) => ({ default: module.NotebookPreview })),
);

interface PreviewBodyProps {
  readonly of: FilesOf;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly writable: boolean;
  readonly editing: boolean;
  onEditing(editing: boolean): void;
}

/** Shows a file by its kind. Whatever is in it stays inside this box. */
export function PreviewBody(props: PreviewBodyProps) {
  return (
    <div className={classes.body}>
      <Boundary key={props.path} instead={<Undrawn {...props} />}>
        <Suspense fallback={<RowsLoading rows={6} height={22} />}>
          <ByKind {...props} />
        </Suspense>
      </Boundary>
    </div>
  );
}

/** A part of the portal that did not come, or a fault of ours: the file can be had all the same. */
function Undrawn({ of, path, size }: PreviewBodyProps) {
  const { t } = useTranslation();
  return (
    <>
      <p role="alert">{t("preview.undrawn")}</p>
      <BytesPreview of={of} path={path} size={size} />
    </>
  );
}

function ByKind(props: PreviewBodyProps) {
  const { of, path, size } = props;
  const file = { of, path, size };
  const kind = previewKind(nameOf(path), size);
  switch (kind) {
    case "image":
      return <ImagePreview {...file} />;
    case "pdf":
      return <PdfPreview {...file} />;
    case "notebook":
      return <NotebookPreview {...file} {...props} />;
    case "audio":
    case "video":
      return <MediaPreview {...file} kind={kind} />;
    case "bytes":
      return <BytesPreview {...file} />;
    default:
      return <TextPreview {...props} kind={kind} />;
  }
}
