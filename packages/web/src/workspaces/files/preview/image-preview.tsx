import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { readBytes } from "../../../api/files.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import { nameOf, shownName } from "../file-path.ts";
import classes from "./preview.module.css";
import { imageType } from "./preview-kind.ts";

/** A picture. Its bytes come as a blob whose type we set: one of a few that no browser runs anything of. */
export function ImagePreview({ workspaceId, path }: { workspaceId: number; path: string }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  const [address, setAddress] = useState<string | null>(null);
  const bytes = useQuery({
    queryKey: ["files", workspaceId, "image", path],
    queryFn: ({ signal }) => readBytes(workspaceId, path, signal),
    gcTime: 0,
  });
  const { data } = bytes;
  useEffect(() => {
    const type = imageType(path);
    if (!data || type === null) return;
    const made = URL.createObjectURL(new Blob([data], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [data, path]);
  if (bytes.isError) return <ReasonCard error={bytes.error} onRetry={() => void bytes.refetch()} />;
  if (broken) return <p className="quiet">{t("preview.broken")}</p>;
  if (address === null) return <RowsLoading rows={1} height={240} />;
  return (
    <div className={classes.picture}>
      <img src={address} alt={shownName(nameOf(path))} onError={() => setBroken(true)} />
    </div>
  );
}
