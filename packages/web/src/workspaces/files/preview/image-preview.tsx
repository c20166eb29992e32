import { ActionIcon, Button } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FilesOf } from "../../../api/files.ts";
import { useLocale } from "../../../locales/use-locale.tsx";
import { IconZoomIn, IconZoomOut } from "../../../pieces/icons.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import { nameOf, shownName } from "../file-path.ts";
import classes from "./preview.module.css";
import { imageLimit } from "./preview-kind.ts";
import { useImageAddress } from "./use-image-address.ts";

/** Times its own size; null: as large as the window lets it be. */
const steps = [0.25, 0.5, 1, 2, 4, 8];

/** A picture on a ground that shows where it is transparent; fitted first, larger when asked. */
export function ImagePreview({ of, path }: { of: FilesOf; path: string }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [broken, setBroken] = useState(false);
  const [zoom, setZoom] = useState<number | null>(null);
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const { address, failed, retry } = useImageAddress(of, path, imageLimit);
  if (failed !== null) return <ReasonCard error={failed} onRetry={retry} />;
  if (broken) return <p className="quiet">{t("preview.broken")}</p>;
  if (address === null) return <RowsLoading rows={1} height={240} />;
  const step = (by: 1 | -1) => {
    const now = zoom ?? 1;
    const next = by > 0 ? steps.find((one) => one > now) : steps.findLast((one) => one < now);
    setZoom(next ?? now);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = { "+": () => step(1), "=": () => step(1), "-": () => step(-1), "0": () => setZoom(null) }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the buttons in it
    <div onKeyDown={onKeyDown}>
      <div className={classes.verbs}>
        <ActionIcon aria-label={t("preview.smaller")} title={t("preview.smaller")} onClick={() => step(-1)}>
          <IconZoomOut size={18} />
        </ActionIcon>
        <ActionIcon aria-label={t("preview.larger")} title={t("preview.larger")} onClick={() => step(1)}>
          <IconZoomIn size={18} />
        </ActionIcon>
        <Button
          variant={zoom === null ? "default" : "subtle"}
          size="xs"
          aria-pressed={zoom === null}
          onClick={() => setZoom(null)}
        >
          {t("preview.fit")}
        </Button>
        <Button
          variant={zoom === 1 ? "default" : "subtle"}
          size="xs"
          aria-pressed={zoom === 1}
          onClick={() => setZoom(1)}
        >
          {t("preview.ownSize")}
        </Button>
        {natural && (
          <span className="quiet small" role="status">
            {t("preview.pixels", natural)}
            {zoom !== null && ` · ${format.percent(zoom * 100)}`}
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a large picture is scrolled by keyboard */}
      <section className={classes.picture} tabIndex={0} data-scrolls aria-label={t("preview.picture")}>
        <img
          src={address}
          alt={shownName(nameOf(path))}
          className={classes.checkered}
          data-fit={zoom === null || undefined}
          style={zoom === null || !natural ? undefined : { inlineSize: natural.width * zoom }}
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => setNatural({ width, height })}
          onError={() => setBroken(true)}
        />
      </section>
    </div>
  );
}
