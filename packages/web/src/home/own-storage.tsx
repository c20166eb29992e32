import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { ownStorageQuery } from "../api/own-storage.ts";
import { storageWords } from "../locales/i18n.ts";

const HomeStorage = lazy(async () => {
  const [module] = await Promise.all([import("../storage/own/home-storage.tsx"), storageWords()]);
  return { default: module.HomeStorage };
});

/** How full one's own storage is; loaded only for who has some. */
export function OwnStorage() {
  const { data } = useQuery(ownStorageQuery);
  if (!data?.own) return null;
  return (
    <Suspense>
      <HomeStorage storage={data} />
    </Suspense>
  );
}
