import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { sessionQuery } from "../api/auth.ts";
import { allWords } from "../locales/i18n.ts";

const later = <Name extends "ActingBanner" | "Return">(name: Name) =>
  lazy(async () => {
    const [module] = await Promise.all([import("./acting-banner.tsx"), allWords()]);
    return { default: module[name] };
  });
const Banner = later("ActingBanner");
const Return = later("Return");

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

/** The time is over: the way back to the administrator's own sign-in. */
export function ActingOver() {
  return (
    <Suspense>
      <Return />
    </Suspense>
  );
}
