import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { largestQuery, type StorageSubject } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconAlertTriangle } from "../../pieces/icons.ts";
import { levelOf, tileName } from "../level.ts";
import { useSize } from "../use-size.ts";
import classes from "./room-map.module.css";
import { type Tile, treemap } from "./treemap.ts";

/** More of them would be too small to be seen. */
const most = 40;
/** Width by height, as the style sheet has it. */
const ratio = 4;

/**
 * Who uses what: each a tile as large as their use, in the colour of how full they are; a click leads there.
 * One stop for the keyboard: arrows go from tile to tile.
 * @param used by all together
 */
export function RoomMap({ used }: { used: number }) {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const list = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(0);
  const { data } = useQuery(largestQuery(most));
  const subjects = data?.items.filter((subject) => subject.used > 0) ?? [];
  const shown = subjects.reduce((sum, subject) => sum + subject.used, 0);
  if (subjects.length === 0) return null;
  const rest = Math.max(0, used - shown);
  // As many as are too many to show may be more than the first together; a tile for them would tell nothing then.
  const tiles = treemap(
    [...subjects.map((subject) => subject.used), ...(rest > 0 ? [Math.min(rest, shown)] : [])],
    ratio,
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const to = nextOf(event.key, active, subjects.length, locale === "fa");
    if (to === null) return;
    event.preventDefault();
    setActive(to);
    list.current?.querySelectorAll("a")[to]?.focus();
  };
  return (
    <ul ref={list} className={classes.map} aria-label={t("adminStorage.map")} onKeyDown={onKeyDown}>
      {subjects.map((subject, at) => (
        <SubjectTile
          key={subject.id}
          subject={subject}
          tile={tiles[at]}
          isActive={at === Math.min(active, subjects.length - 1)}
          onFocus={() => setActive(at)}
        />
      ))}
      {rest > 0 && (
        <li className={classes.tile} data-level="rest" style={placeOf(tiles.at(-1))}>
          <span className={classes.inside}>{t("adminStorage.others")}</span>
        </li>
      )}
    </ul>
  );
}

interface SubjectTileProps {
  readonly subject: StorageSubject;
  readonly tile: Tile | undefined;
  readonly isActive: boolean;
  onFocus(): void;
}

function SubjectTile({ subject, tile, isActive, onFocus }: SubjectTileProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const { effective_quota: quota, used } = subject;
  const level = levelOf(subject);
  const name = tileName(subject);
  const figures =
    quota === 0
      ? t("adminStorage.tileFree", { name, used: size(used) })
      : t("adminStorage.tile", {
          name,
          used: size(used),
          quota: size(quota),
          share: format.percent((used / quota) * 100),
        });
  return (
    <li className={classes.tile} data-level={level} style={placeOf(tile)}>
      <Link
        to="/admin/storage/$subjectId"
        params={{ subjectId: String(subject.id) }}
        className={classes.inside}
        tabIndex={isActive ? 0 : -1}
        title={figures}
        onFocus={onFocus}
      >
        <span className={classes.name}>
          {level !== "ok" && <IconAlertTriangle size={14} stroke={2} aria-hidden="true" />}
          <bdi>{name}</bdi>
        </span>
        <span className={classes.size}>{size(used)}</span>
        <span className="visually-hidden">
          {quota === 0
            ? t("storage.noQuota")
            : t("adminStorage.tileMore", { quota: size(quota), share: format.percent((used / quota) * 100) })}
        </span>
      </Link>
    </li>
  );
}

const placeOf = (tile: Tile | undefined) =>
  tile && {
    insetInlineStart: `${tile.start}%`,
    insetBlockStart: `${tile.top}%`,
    inlineSize: `${tile.width}%`,
    blockSize: `${tile.height}%`,
  };

/** Where a key leads; null: nowhere. */
function nextOf(key: string, at: number, count: number, rtl: boolean): number | null {
  const forward = rtl ? "ArrowLeft" : "ArrowRight";
  const back = rtl ? "ArrowRight" : "ArrowLeft";
  if (key === forward || key === "ArrowDown") return Math.min(count - 1, at + 1);
  if (key === back || key === "ArrowUp") return Math.max(0, at - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
