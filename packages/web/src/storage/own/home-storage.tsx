import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { OwnStorage } from "../../api/own-storage.ts";
import { Section } from "../../pieces/page.tsx";
import { StorageMeter } from "../storage-meter.tsx";

/** On Home: how full one's own storage is, and the way to more; of who has none of their own, nothing. */
export function HomeStorage({ storage }: { storage: OwnStorage }) {
  const { t } = useTranslation();
  const { own, level } = storage;
  if (own === null) return null;
  const stuck = level === "full" || level === "over";
  return (
    <Section
      title={t("storage.yours")}
      action={<Link to="/storage">{t(stuck ? "storage.wayOut" : "storage.more")}</Link>}
    >
      <StorageMeter subject={own} label={t("storage.usedByYou")} brief />
    </Section>
  );
}
