import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types.ts";
import { closeLabel } from "../pieces/confirm.tsx";
import classes from "./frame.module.css";
import { HelpLinks } from "./help-links.tsx";
import sheet from "./more-sheet.module.css";
import { PlaceLink } from "./place-link.tsx";
import { bottomBarCount } from "./places.ts";
import { SignOutButton } from "./sign-out.tsx";
import { useAdminPlaces, usePlaces } from "./use-places.ts";
import { useSettled } from "./use-settled.ts";

/** The places that the bottom bar has no room for, in a sheet from below. */
export default function MoreSheet({ account, onClose }: { account: Me; onClose: () => void }) {
  const { t } = useTranslation();
  const places = usePlaces();
  const adminPlaces = useAdminPlaces();
  const settled = useSettled();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("frame.more")}
      closeButtonProps={closeLabel(t)}
      centered={false}
      classNames={{ inner: sheet.sheetInner, content: sheet.sheet }}
    >
      <div className={sheet.sheetPlaces} data-settled={settled || undefined}>
        {places.slice(bottomBarCount).map((place) => (
          <PlaceLink key={place.to} place={place} onClick={onClose} />
        ))}
        {account.is_admin && (
          <fieldset className={classes.admin} aria-label={t("frame.admin")}>
            {adminPlaces.map((place) => (
              <PlaceLink key={place.to} place={place} onClick={onClose} />
            ))}
          </fieldset>
        )}
        <HelpLinks onClick={onClose} />
        <hr className={sheet.apart} />
        <SignOutButton account={account} />
      </div>
    </Modal>
  );
}
