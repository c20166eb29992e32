import { useTranslation } from "react-i18next";
import type { LargeThing } from "../../api/storage-rescue.ts";
import { Confirm } from "../../pieces/confirm.tsx";
import { useSize } from "../use-size.ts";
import { folderOf, keyOf, nameOf, sumOf } from "./large-things.ts";
import classes from "./largest.module.css";

const NAMED = 5;

interface EraseQuestionProps {
  readonly things: readonly LargeThing[];
  /** By snapshots. */
  readonly isKept: boolean;
  readonly pending: boolean;
  readonly error: unknown;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before what nothing brings back: what it is, and how much comes free. */
export function EraseQuestion({ things, isKept, ...rest }: EraseQuestionProps) {
  const { t } = useTranslation();
  const size = useSize();
  const [only] = things;
  const name = only !== undefined && things.length === 1 ? nameOf(only) : "";
  return (
    <Confirm
      opened
      danger
      title={t("trash.eraseTitle", { count: things.length, name })}
      text={t(isKept ? "storage.eraseFreesLater" : "storage.eraseFrees", { size: size(sumOf(things)) })}
      action={t("trash.eraseShort")}
      {...rest}
    >
      <ul className={classes.lost} aria-label={t("trash.lost")}>
        {things.slice(0, NAMED).map((thing) => (
          <li key={keyOf(thing)}>
            <span>
              <bdi>{nameOf(thing)}</bdi>
              <span className="quiet small">
                {" "}
                <bdi>{[thing.workspace?.name ?? "", folderOf(thing)].filter((part) => part !== "").join("/")}</bdi>
              </span>
            </span>
            <span className={`quiet small ${classes.parts}`}>
              {thing.workspace === null && <span>{t("storage.outside")}</span>}
              {thing.kind === "folder" && <span>{t("trash.lostFolder")}</span>}
              <span className="tabular">{size(thing.bytes)}</span>
            </span>
          </li>
        ))}
        {things.length > NAMED && <li className="quiet">{t("trash.andMore", { count: things.length - NAMED })}</li>}
      </ul>
    </Confirm>
  );
}
