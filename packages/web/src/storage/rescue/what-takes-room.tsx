import { Button } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StorageSubject } from "../../api/storage.ts";
import { Hint } from "../../pieces/hint.tsx";
import { Section } from "../../pieces/page.tsx";
import { LargestLoading } from "./largest-loading.tsx";

const LargestFiles = lazy(() => import("./largest-files.tsx").then((module) => ({ default: module.LargestFiles })));

interface WhatTakesRoomProps {
  readonly own: StorageSubject;
  /** Open by itself: whoever is out of room begins here. */
  readonly isWanted: boolean;
}

/** What takes most room, on request: all files are looked at for it. */
export function WhatTakesRoom({ own, isWanted }: WhatTakesRoomProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(isWanted);
  // It stays open when there is room again: what was done is told there.
  useEffect(() => {
    if (isWanted) setOpened(true);
  }, [isWanted]);
  return (
    <Section
      title={t("storage.largest")}
      hint={<Hint about={t("storage.largest")}>{t("storage.largestAbout")}</Hint>}
      action={
        <Button size="compact-sm" variant="subtle" aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {t(opened ? "storage.largestHide" : "storage.largestShow")}
        </Button>
      }
    >
      {opened ? (
        <Suspense fallback={<LargestLoading />}>
          <LargestFiles own={own} />
        </Suspense>
      ) : (
        <p className="quiet">{t("storage.largestClosed")}</p>
      )}
    </Section>
  );
}
