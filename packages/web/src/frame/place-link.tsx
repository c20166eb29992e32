import { Link, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "./frame.module.css";
import type { Place } from "./places.ts";

/** One entry of the rail, the bottom bar or its sheet: icon and word. */
export function PlaceLink({ place, onClick }: { place: Place; onClick?: () => void }) {
  const { t } = useTranslation();
  const Icon = place.icon;
  const isOpen = useRouterState({ select: ({ location }) => place.also?.some((at) => isBelow(location.pathname, at)) });
  const word = t(`frame.${place.word}`);
  return (
    <Link
      to={place.to}
      activeOptions={{ exact: place.to === "/" || place.to === "/admin" }}
      className={classes.place}
      activeProps={{ "aria-current": "page" }}
      {...(isOpen ? { "aria-current": "page" } : {})}
      title={word}
      data-tour={place.word}
      {...(onClick ? { onClick } : {})}
    >
      <Icon size={20} stroke={1.75} aria-hidden="true" />
      <span className={classes.word}>{word}</span>
    </Link>
  );
}

const isBelow = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);
