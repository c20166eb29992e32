import { Modal, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import { IconDots } from "../pieces/icons.ts";
import classes from "./frame.module.css";
import { PlaceLink } from "./place-link.tsx";
import { adminPlaces, bottomBarCount, places } from "./places.ts";
import { SignOutButton } from "./sign-out.tsx";

/** The rail on phones: the first places in a bar, all others in a sheet. */
export function BottomBar({ account }: { account: Me }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <nav className={classes.bottomBar} aria-label={t("frame.navigation")}>
      {places.slice(0, bottomBarCount).map((place) => (
        <PlaceLink key={place.to} place={place} />
      ))}
      <UnstyledButton className={classes.place} onClick={() => setOpened(true)} aria-haspopup="dialog">
        <IconDots size={20} stroke={1.75} aria-hidden="true" />
        <span className={classes.word}>{t("frame.more")}</span>
      </UnstyledButton>
      <Modal
        opened={opened}
        onClose={close}
        title={t("frame.more")}
        closeButtonProps={closeLabel(t)}
        centered={false}
        classNames={{ inner: classes.sheetInner, content: classes.sheet }}
      >
        {places.slice(bottomBarCount).map((place) => (
          <PlaceLink key={place.to} place={place} onClick={close} />
        ))}
        {account.is_admin && (
          <fieldset className={classes.admin} aria-label={t("frame.admin")}>
            {adminPlaces.map((place) => (
              <PlaceLink key={place.to} place={place} onClick={close} />
            ))}
          </fieldset>
        )}
        <SignOutButton account={account} />
      </Modal>
    </nav>
  );
}
