import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type OwnStorage, raiseOwnQuota } from "../../api/own-storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import classes from "../storage.module.css";
import { useSize } from "../use-size.ts";
import { WhatTakesRoom } from "./what-takes-room.tsx";

/**
 * What takes the room; and when nothing can be written any more, why, and the ways out. On ZFS the raise comes first:
 * there it may take room to delete.
 */
export function OutOfRoom({ storage }: { storage: OwnStorage }) {
  const { t } = useTranslation();
  const { own, level, raise } = storage;
  if (own === null) return null;
  const isStuck = level === "full" || level === "over";
  const isRaiseFirst = raise.comes_first && raise.possible;
  const more = (
    <div className={classes.wide}>
      <Raise raise={raise} />
      <p className="quiet">{t("storage.askForMore")}</p>
    </div>
  );
  return (
    <>
      {isStuck && (
        <Section title={t("storage.outOfRoom")}>
          <p className={classes.wide}>{t(own.enforced ? "storage.outOfRoomText" : "storage.outOfRoomUnenforced")}</p>
          {isRaiseFirst && more}
        </Section>
      )}
      <WhatTakesRoom own={own} isWanted={isStuck || own.raise !== null} />
      {isStuck && !isRaiseFirst && <Section title={t("storage.needMore")}>{more}</Section>}
    </>
  );
}

/** A little more for a while, once; or why not. */
function Raise({ raise }: Pick<OwnStorage, "raise">) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: raiseOwnQuota,
    onSettled: () => client.invalidateQueries({ queryKey: ["storage"] }),
  });
  const holes = { size: size(raise.bytes), time: format.duration(raise.seconds) };
  if (!raise.possible) {
    return raise.why_not === null ? null : <p>{t(`storage.raiseWhyNot_${raise.why_not}`)}</p>;
  }
  return (
    <>
      <p>
        {raise.comes_first && `${t("storage.raiseFirst")} `}
        {t("storage.raiseText", holes)}
      </p>
      <Button loading={ask.isPending} onClick={() => ask.mutate()}>
        {t("storage.raise", holes)}
      </Button>
      {ask.isError && <ReasonCard error={ask.error} />}
    </>
  );
}
