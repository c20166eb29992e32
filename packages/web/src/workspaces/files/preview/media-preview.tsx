import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type FilesOf, fileAddress } from "../../../api/files.ts";
import { nameOf, shownName } from "../file-path.ts";
import classes from "./preview.module.css";

interface MediaPreviewProps {
  readonly of: FilesOf;
  readonly path: string;
  readonly kind: "audio" | "video";
}

/** Sound or film, played from the download itself: it is fetched as it is heard. */
export function MediaPreview({ of, path, kind: Media }: MediaPreviewProps) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  if (broken) return <p className="quiet">{t("preview.unplayable")}</p>;
  return (
    <div className={classes.media}>
      <Media
        controls
        preload="metadata"
        src={fileAddress(of, path)}
        aria-label={shownName(nameOf(path))}
        onError={() => setBroken(true)}
      />
    </div>
  );
}
