import { Checkbox, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { type Setting, settingsQuery } from "../api/settings.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Empty } from "../pieces/empty.tsx";
import { IconSearch } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { EditSetting } from "./edit-setting.tsx";
import { Features } from "./features.tsx";
import { groupOf, matches, settingGroups } from "./setting-groups.ts";
import { SettingRow } from "./setting-row.tsx";
import { SystemPage } from "./system-page.tsx";

/** What is set, where it comes from, and what may be changed at once. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const [search, setSearch] = useState("");
  const asked = useRouterState({ select: ({ location }) => location.hash });
  // The palette leads to one setting by its name.
  useEffect(() => {
    if (/^[A-Z][A-Z_0-9]+$/.test(asked)) setSearch(asked);
  }, [asked]);
  const [liveOnly, setLiveOnly] = useState(false);
  const [editing, setEditing] = useState<string | null>(null);
  const wanted = useDeferredValue(search.trim());
  const settings = useQuery(settingsQuery);
  const items = settings.data?.items ?? [];
  const found = items.filter((item) => (item.live || !liveOnly) && matches(item, wanted, locale));
  const edited = items.find(({ name }) => name === editing);
  return (
    <SystemPage title={t("system.settingsTitle")}>
      <div className={rows.filters}>
        <TextInput
          className="grow"
          type="search"
          label={t("system.searchSettings")}
          leftSection={<IconSearch size={18} aria-hidden="true" />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Checkbox
          label={t("system.liveOnly")}
          checked={liveOnly}
          onChange={(event) => setLiveOnly(event.currentTarget.checked)}
        />
      </div>
      {settings.isPending && <RowsLoading rows={8} />}
      {shownError(settings) !== null && <ReasonCard error={settings.error} onRetry={() => void settings.refetch()} />}
      {settings.data && wanted === "" && !liveOnly && <Features features={settings.data.features} />}
      {settings.data && found.length === 0 && (
        <Empty title={t("system.noSettings")} text={t("system.noSettingsText")} />
      )}
      {settingGroups.map((group) => (
        <Group
          key={group}
          title={t(`system.groups.${group}`)}
          settings={found.filter((item) => groupOf(item) === group)}
          onEdit={setEditing}
        />
      ))}
      {edited && <EditSetting setting={edited} onClose={() => setEditing(null)} />}
    </SystemPage>
  );
}

interface GroupProps {
  readonly title: string;
  readonly settings: readonly Setting[];
  onEdit(name: string): void;
}

function Group({ title, settings, onEdit }: GroupProps) {
  if (settings.length === 0) return null;
  return (
    <Section title={title}>
      <ul className={rows.rows}>
        {settings.map((setting) => (
          <SettingRow key={setting.name} setting={setting} onEdit={() => onEdit(setting.name)} />
        ))}
      </ul>
    </Section>
  );
}
