import { useTranslation } from "react-i18next";
import type { FileEntry } from "../../api/types.ts";
import {
  type Icon,
  IconFile,
  IconFileCode,
  IconFileText,
  IconFileTypePdf,
  IconFileZip,
  IconFolder,
  IconLink,
  IconMovie,
  IconMusic,
  IconNotebook,
  IconPhoto,
  IconTable,
} from "../../pieces/icons.ts";
import rows from "../../pieces/rows.module.css";
import classes from "./files.module.css";
import { extensionOf, isArchive, namedKind, type PreviewKind } from "./preview/preview-kind.ts";

const icons = { folder: IconFolder, symlink: IconLink, other: IconFile } as const;
const byKind: Readonly<Record<PreviewKind, Icon>> = {
  text: IconFileText,
  markdown: IconFileText,
  table: IconTable,
  json: IconFileCode,
  notebook: IconNotebook,
  image: IconPhoto,
  pdf: IconFileTypePdf,
  audio: IconMusic,
  video: IconMovie,
  bytes: IconFile,
};
const code: ReadonlySet<string> = new Set(
  "py r jl js ts sh c h cpp java rs go html css svg xml yml yaml toml".split(" "),
);

/** A picture of what it is; for those who can't see it, whether it is a file or a folder. */
export function FileIcon({ entry }: { entry: Pick<FileEntry, "name" | "type"> }) {
  const { t } = useTranslation();
  const { name, type } = entry;
  const Picture = type === "file" ? fileIcon(name) : icons[type];
  return (
    <Picture
      size={20}
      stroke={1.75}
      role="img"
      aria-label={t(`files.${type}`)}
      className={`${rows.icon} ${classes.icon}`}
      data-type={type}
    />
  );
}

function fileIcon(name: string): Icon {
  if (isArchive(name)) return IconFileZip;
  const kind = namedKind(name);
  return kind === "text" && code.has(extensionOf(name)) ? IconFileCode : byKind[kind];
}
