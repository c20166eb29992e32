import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { sessionQuery } from "../api/auth.ts";
import { allWords } from "../locales/i18n.ts";

const Banner = lazy(async () => {
  const [module] = await Promise.all([import("./acting-banner.tsx"), allWords()]);
  return { default: module.ActingBanner };
});

/** On every page: that one acts as somebody, or is acted as; loaded only then. */
export function Acting() {
  const { data: session } = useQuery(sessionQuery);
  const others = session?.acted_as_by ?? [];
  if (!session?.acting && others.length === 0) return null;
  return (
    <Suspense>
      <Banner />
    </Suspense>
  );
}
