import { useTranslation } from "react-i18next";
import { Section } from "../../pieces/page.tsx";
import rows from "../../pieces/rows.module.css";
import { useSize } from "../use-size.ts";

export interface LargeFile {
  /** Below the root of one's storage. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * What takes most room: whoever is full begins there. Its place is in `OutOfRoom`; nothing shows it until the server
 * has a call that names them.
 */
export function LargestFiles({ files }: { files: readonly LargeFile[] }) {
  const { t } = useTranslation();
  const size = useSize();
  return (
    <Section title={t("storage.largest")}>
      <ul className={rows.rows}>
        {files.map((file) => (
          <li key={file.path} className={rows.row}>
            <span className={`${rows.main} clip`} dir="auto">
              {file.path}
            </span>
            <span className={rows.end}>{size(file.size)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
