import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type FilesOf, readRange } from "../../../api/files.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import { hexLines } from "./hex-lines.ts";
import classes from "./preview.module.css";

interface BytesPreviewProps {
  readonly of: FilesOf;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Bytes that are shown of a file nobody here can draw. */
const shownBytes = 512;

/** The first bytes of what is no text, as people look at bytes; the rest is had by downloading it. */
export function BytesPreview({ of, path, size }: BytesPreviewProps) {
  const { t } = useTranslation();
  const head = useQuery({
    queryKey: ["files", of, "bytes", path],
    queryFn: ({ signal }) => readRange(of, path, 0, shownBytes, signal),
    enabled: size > 0,
    gcTime: 0,
  });
  if (size === 0) return <p className="quiet">{t("preview.empty")}</p>;
  if (head.isPending) return <RowsLoading rows={6} height={22} />;
  if (head.data === undefined) return <ReasonCard error={head.error} onRetry={() => void head.refetch()} />;
  return (
    <>
      <p className="quiet">{t("preview.none")}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wide is scrolled by keyboard */}
      <pre className={classes.hex} dir="ltr" tabIndex={0} data-scrolls>
        {hexLines(head.data.bytes).join("\n")}
      </pre>
      {size > shownBytes && <p className="quiet small">{t("preview.bytesCut", { count: shownBytes })}</p>}
    </>
  );
}
