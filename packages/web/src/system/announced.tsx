import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { currentQuery } from "../api/announcements.ts";
import { allWords } from "../locales/i18n.ts";

const Banners = lazy(async () => {
  const [module] = await Promise.all([import("./banners.tsx"), allWords()]);
  return { default: module.Banners };
});

/** What administrators tell everybody, above every page; loaded only when there is something. */
export function Announced({ isAdmin = false }: { isAdmin?: boolean }) {
  const { data } = useQuery(currentQuery);
  if (!data || (data.maintenance === null && data.announcements.length === 0)) return null;
  return (
    <Suspense>
      <Banners maintenance={data.maintenance} announcements={data.announcements} isAdmin={isAdmin} />
    </Suspense>
  );
}
