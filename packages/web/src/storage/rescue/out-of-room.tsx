import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type OwnStorage, raiseOwnQuota } from "../../api/own-storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import classes from "../storage.module.css";
import { useSize } from "../use-size.ts";

/** Nothing can be written any more: why, and the ways out. Nothing while there is room. */
export function OutOfRoom({ storage }: { storage: OwnStorage }) {
  const { t } = useTranslation();
  const { level, own } = storage;
  if (own === null || (level !== "full" && level !== "over")) return null;
  return (
    <Section title={t("storage.outOfRoom")}>
      <div className={classes.wide}>
        <p>{t(own.enforced ? "storage.outOfRoomText" : "storage.outOfRoomUnenforced")}</p>
        <Raise raise={storage.raise} />
        <p className="quiet">{t("storage.askForMore")}</p>
      </div>
    </Section>
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
      <p>{t("storage.raiseText", holes)}</p>
      <Button loading={ask.isPending} onClick={() => ask.mutate()}>
        {t("storage.raise", holes)}
      </Button>
      {ask.isError && <ReasonCard error={ask.error} />}
    </>
  );
}
