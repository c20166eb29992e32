import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types.ts";
import { IconLayoutSidebar } from "../pieces/icons.ts";
import { Mark } from "../pieces/mark.tsx";
import classes from "./frame.module.css";
import { HelpLinks } from "./help-links.tsx";
import { PlaceLink } from "./place-link.tsx";

import { SearchDoor } from "./search-door.tsx";
import { SignOutButton } from "./sign-out.tsx";
import { useAdminPlaces, usePlaces } from "./use-places.ts";

const key = "stoa.rail";

/** The rail at the start side; collapses to icons, and stays so. */
export function Rail({ account }: { account: Me }) {
  const { t } = useTranslation();
  const places = usePlaces();
  const adminPlaces = useAdminPlaces();
  const [narrow, setNarrow] = useState(() => readNarrow());
  const toggle = () => {
    writeNarrow(!narrow);
    setNarrow(!narrow);
  };
  return (
    <nav className={classes.rail} data-narrow={narrow || undefined} aria-label={t("frame.navigation")}>
      <div className={classes.brand}>
        <Mark size={26} />
        <span className={classes.word}>{t("name")}</span>
      </div>
      <SearchDoor />
      {places.map((place) => (
        <PlaceLink key={place.to} place={place} />
      ))}
      {account.is_admin && (
        <fieldset className={classes.admin} aria-label={t("frame.admin")}>
          {adminPlaces.map((place) => (
            <PlaceLink key={place.to} place={place} />
          ))}
        </fieldset>
      )}
      <div className={classes.railEnd}>
        <HelpLinks />
        <SignOutButton account={account} />
        <UnstyledButton
          className={classes.place}
          onClick={toggle}
          aria-expanded={!narrow}
          title={t(narrow ? "frame.expand" : "frame.collapse")}
        >
          <IconLayoutSidebar size={20} stroke={1.75} aria-hidden="true" className="along" />
          <span className={classes.word}>{t(narrow ? "frame.expand" : "frame.collapse")}</span>
        </UnstyledButton>
      </div>
    </nav>
  );
}

function readNarrow(): boolean {
  try {
    return localStorage.getItem(key) === "narrow";
  } catch {
    return false;
  }
}

function writeNarrow(narrow: boolean): void {
  try {
    localStorage.setItem(key, narrow ? "narrow" : "wide");
  } catch {
    // Not kept then.
  }
}
