import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { readZip, zipAddress } from "../../api/files.ts";
import { IconDownload } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";

/** Servers and proxies refuse addresses that are much longer. */
const longestAddress = 6_000;

/** A selection as a zip: by an address while that is short enough, which streams; else gathered here first. */
export function DownloadSelection({ workspaceId, paths }: { workspaceId: number; paths: readonly string[] }) {
  const { t } = useTranslation();
  const gather = useMutation({
    mutationFn: async () => {
      const made = URL.createObjectURL(await readZip(workspaceId, paths));
      const link = document.createElement("a");
      link.href = made;
      link.download = "files.zip";
      link.click();
      setTimeout(() => URL.revokeObjectURL(made), 60_000);
    },
  });
  const address = zipAddress(workspaceId, paths);
  const look = {
    variant: "subtle",
    size: "compact-sm",
    leftSection: <IconDownload size={16} aria-hidden="true" />,
  } as const;
  if (address.length < longestAddress) {
    return (
      <Button {...look} component="a" href={address} download>
        {t("files.downloadZip")}
      </Button>
    );
  }
  return (
    <>
      <Button {...look} loading={gather.isPending} onClick={() => gather.mutate()}>
        {t("files.downloadZip")}
      </Button>
      {gather.isError && <ReasonCard error={gather.error} />}
    </>
  );
}
