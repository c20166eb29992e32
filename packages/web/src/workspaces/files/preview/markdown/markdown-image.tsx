import { useTranslation } from "react-i18next";
import type { FilesOf } from "../../../../api/files.ts";
import { imageLimit } from "../preview-kind.ts";
import { useImageAddress } from "../use-image-address.ts";
import { broughtAs } from "./brought.ts";
import classes from "./markdown.module.css";
import { targetOf } from "./workspace-target.ts";

interface MarkdownImageProps {
  readonly src: string;
  readonly alt: string;
  readonly of: FilesOf;
  readonly path: string;
  readonly attached: Readonly<Record<string, string>> | undefined;
}

/** A picture of the same workspace. One on another site is a link: to fetch it would tell that site who reads this. */
export function MarkdownImage({ src, alt, of, path, attached }: MarkdownImageProps) {
  const { t } = useTranslation();
  const brought = broughtAs(src, attached);
  if (brought !== undefined) return <img src={brought} alt={alt} className={classes.picture} />;
  const target = targetOf(src, path);
  if (target.kind === "web") {
    return (
      <a href={target.url} target="_blank" rel="noopener noreferrer nofollow" className={classes.away}>
        {t("preview.pictureElsewhere", { name: alt === "" ? target.url : alt, host: target.host })}
      </a>
    );
  }
  if (target.kind !== "file") return <span className={classes.dead}>{alt}</span>;
  return <OwnImage of={of} path={target.path} alt={alt} />;
}

function OwnImage({ of, path, alt }: { of: FilesOf; path: string; alt: string }) {
  const { t } = useTranslation();
  const { address, failed } = useImageAddress(of, path, imageLimit);
  if (failed !== null) {
    return <span className={classes.dead}>{t("preview.noPicture", { name: alt === "" ? path : alt })}</span>;
  }
  if (address === null) return <span className={classes.coming}>{alt}</span>;
  return <img src={address} alt={alt} className={classes.picture} />;
}
