import { UnstyledButton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types.ts";
import { IconDots } from "../pieces/icons.ts";
import classes from "./frame.module.css";
import { PlaceLink } from "./place-link.tsx";
import { bottomBarCount, places } from "./places.ts";

const MoreSheet = lazy(() => import("./more-sheet.tsx"));

/** The rail on phones: the first places in a bar, all others in a sheet. */
export function BottomBar({ account }: { account: Me }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <nav className={classes.bottomBar} aria-label={t("frame.navigation")}>
      {places.slice(0, bottomBarCount).map((place) => (
        <PlaceLink key={place.to} place={place} />
      ))}
      <UnstyledButton className={classes.place} onClick={() => setOpened(true)} aria-haspopup="dialog" data-tour="help">
        <IconDots size={20} stroke={1.75} aria-hidden="true" />
        <span className={classes.word}>{t("frame.more")}</span>
      </UnstyledButton>
      {opened && (
        <Suspense>
          <MoreSheet account={account} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </nav>
  );
}
