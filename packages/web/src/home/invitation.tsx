import { UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import { useChangeDisplay } from "../frame/change-display.ts";
import { showOverlay } from "../frame/overlay.ts";
import { IconCompass } from "../pieces/icons.ts";
import classes from "./home.module.css";

/** To whoever is new: a look around, once. A "no" is for ever, in every browser. */
export function Invitation() {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const changeDisplay = useChangeDisplay();
  if (!session?.account || session.limitation !== null || session.display?.tour_done) return null;
  return (
    <section className={classes.invitation} aria-label={t("home.newHere")}>
      <IconCompass size={28} stroke={1.5} aria-hidden="true" />
      <div className={classes.invitationWords}>
        <strong>{t("home.newHere")}</strong>
        <span className="quiet">{t("home.newHereText")}</span>
      </div>
      <div className={classes.invitationButtons}>
        <UnstyledButton className={classes.yes} onClick={() => showOverlay("tour")}>
          {t("home.lookAround")}
        </UnstyledButton>
        <UnstyledButton className={classes.no} onClick={() => changeDisplay({ tour_done: true })}>
          {t("home.noThanks")}
        </UnstyledButton>
      </div>
    </section>
  );
}
