import { ActionIcon, NativeSelect, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { IconLayoutGrid, IconList, IconSearch } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import { orders, type WorkspacesView } from "./arrange-workspaces.ts";
import classes from "./workspaces.module.css";

interface WorkspacesFiltersProps {
  readonly text: string;
  readonly view: WorkspacesView;
  readonly count: number;
  onText(text: string): void;
  onView(view: WorkspacesView): void;
}

const looks = [
  ["list", IconList],
  ["grid", IconLayoutGrid],
] as const;

/** What narrows and orders them, and how they are shown. */
export function WorkspacesFilters({ text, view, count, onText, onView }: WorkspacesFiltersProps) {
  const { t } = useTranslation();
  return (
    <div className={`${rows.filters} ${classes.filters}`}>
      <TextInput
        className="grow"
        type="search"
        aria-label={t("workspaces.searchLabel")}
        placeholder={t("workspaces.searchLabel")}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label={t("workspaces.order")}
        value={view.order}
        onChange={(event) =>
          onView({ ...view, order: orders.find((one) => one === event.currentTarget.value) ?? "used" })
        }
        data={orders.map((value) => ({ value, label: t(`workspaces.orders.${value}`) }))}
      />
      <fieldset className={classes.looks} aria-label={t("workspaces.look")}>
        {looks.map(([look, Picture]) => (
          <ActionIcon
            key={look}
            size="lg"
            variant={view.look === look ? "light" : "subtle"}
            aria-pressed={view.look === look}
            aria-label={t(`workspaces.looks.${look}`)}
            title={t(`workspaces.looks.${look}`)}
            onClick={() => onView({ ...view, look })}
          >
            <Picture size={18} />
          </ActionIcon>
        ))}
      </fieldset>
      <span className="quiet" role="status">
        {t("workspaces.count", { count })}
      </span>
      <Link to="/trash">{t("trash.link")}</Link>
    </div>
  );
}
