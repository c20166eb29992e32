import { ActionIcon, Checkbox, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconArrowDown, IconArrowUp, IconEye, IconEyeOff } from "../../pieces/icons.ts";
import rows from "../../pieces/rows.module.css";
import { type FilesView, type Sort, sortedBy } from "./arrange-files.ts";
import classes from "./files.module.css";

interface ListHeadProps {
  readonly view: FilesView;
  /** Entries that are shown. */
  readonly count: number;
  readonly chosen: number;
  /** Entries left out because of their dot. */
  readonly hidden: number;
  onView(view: FilesView): void;
  onChooseAll(all: boolean): void;
}

const words: Readonly<Record<Sort, string>> = { name: "files.name", changed: "files.modified", size: "files.size" };

/** Above the rows: all of them chosen, the order, and names that begin with a dot. */
export function ListHead({ view, count, chosen, hidden, onView, onChooseAll }: ListHeadProps) {
  const { t } = useTranslation();
  const order = (sort: Sort) => <OrderBy sort={sort} view={view} onView={onView} />;
  const eye = t(view.hidden ? "files.hideHidden" : "files.showHidden");
  return (
    <fieldset className={classes.head} aria-label={t("files.order")}>
      <Checkbox
        size="xs"
        checked={count > 0 && chosen === count}
        indeterminate={chosen > 0 && chosen < count}
        disabled={count === 0}
        aria-label={t("files.chooseAll")}
        onChange={(event) => onChooseAll(event.currentTarget.checked)}
      />
      {order("name")}
      <span className={`quiet small ${classes.count}`} role="status">
        {t("files.count", { count })}
        {hidden > 0 && ` · ${t("files.hiddenCount", { count: hidden })}`}
      </span>
      <div className={rows.end}>
        <span className={classes.date}>{order("changed")}</span>
        <span className={classes.size}>{order("size")}</span>
        <ActionIcon
          aria-label={eye}
          title={eye}
          aria-pressed={view.hidden}
          onClick={() => onView({ ...view, hidden: !view.hidden })}
        >
          {view.hidden ? <IconEye size={18} /> : <IconEyeOff size={18} />}
        </ActionIcon>
      </div>
    </fieldset>
  );
}

function OrderBy({ sort, view, onView }: { sort: Sort } & Pick<ListHeadProps, "view" | "onView">) {
  const { t } = useTranslation();
  const current = view.sort === sort;
  const Arrow = view.down ? IconArrowDown : IconArrowUp;
  const name = t(words[sort]);
  return (
    <UnstyledButton
      className={classes.orderBy}
      aria-pressed={current}
      aria-label={
        current ? t(view.down ? "files.orderedDown" : "files.orderedUp", { name }) : t("files.orderBy", { name })
      }
      onClick={() => onView(sortedBy(view, sort))}
    >
      {name}
      {current && <Arrow size={14} aria-hidden="true" />}
    </UnstyledButton>
  );
}
