import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconButton } from "../pieces/icon-button.tsx";
import { IconSearch } from "../pieces/icons.ts";
import classes from "./frame.module.css";
import { showOverlay } from "./overlay.ts";

const keys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ K" : "Ctrl K";

/** The palette's button in the rail, with its keys. */
export function SearchDoor() {
  const { t } = useTranslation();
  return (
    <UnstyledButton
      className={classes.search}
      onClick={() => showOverlay("palette")}
      aria-haspopup="dialog"
      aria-keyshortcuts="Control+K Meta+K"
      title={t("frame.search")}
      data-tour="search"
    >
      <IconSearch size={18} stroke={1.75} aria-hidden="true" />
      <span className={classes.word}>{t("frame.search")}</span>
      <span className={classes.keys} aria-hidden="true" dir="ltr">
        {keys}
      </span>
    </UnstyledButton>
  );
}

/** The same at the top of a phone's page, where there is no rail. */
export function SearchIcon() {
  const { t } = useTranslation();
  return (
    <IconButton
      className={classes.searchIcon}
      aria-label={t("frame.search")}
      aria-haspopup="dialog"
      onClick={() => showOverlay("palette")}
      data-tour="search"
    >
      <IconSearch size={20} stroke={1.75} aria-hidden="true" />
    </IconButton>
  );
}
