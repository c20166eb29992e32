import { Button, Group } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Workspace } from "../../api/types.ts";
import { IconShare } from "../../pieces/icons.ts";
import { may } from "../../pieces/may.ts";

const ShareDialog = lazy(() => import("./share-dialog.tsx").then((module) => ({ default: module.ShareDialog })));

/** Gives the workspace to more people. */
export function ShareButton({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const [sharing, setSharing] = useState(false);
  const [shared, setShared] = useState(false);
  return (
    <Group gap={shared ? "sm" : 0}>
      <span role="status" className="small quiet">
        {shared && <a href="#sharing">{t("sharing.sharedNow")}</a>}
      </span>
      <Button
        variant="default"
        disabled={!may("workspace.share", workspace.status)}
        leftSection={<IconShare size={16} aria-hidden="true" />}
        onClick={() => {
          setShared(false);
          setSharing(true);
        }}
      >
        {t("sharing.share")}
      </Button>
      {sharing && (
        <Suspense>
          <ShareDialog workspace={workspace} onShared={() => setShared(true)} onClose={() => setSharing(false)} />
        </Suspense>
      )}
    </Group>
  );
}
