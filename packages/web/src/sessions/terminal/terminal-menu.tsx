import { ActionIcon, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconSettings } from "../../pieces/icons.ts";
import type { Screen } from "./screen.ts";
import { copySelection } from "./terminal-keys.ts";
import { changeFontSize, changeTerminals, fontSizes, useTerminalSettings } from "./terminal-settings.ts";

interface TerminalMenuProps {
  /** Of the terminal in front; null while there is none. */
  screenOf(): Screen | null;
  onRename(): void;
  /** Left out: it has ended already. */
  readonly onClose: (() => void) | undefined;
}

const colours = ["dark", "light", "page"] as const;

/** What can be done with the terminal in front, and how all of them look. */
export function TerminalMenu({ screenOf, onRename, onClose }: TerminalMenuProps) {
  const { t } = useTranslation();
  const settings = useTerminalSettings();
  const withScreen = (work: (screen: Screen) => unknown) => () => {
    const screen = screenOf();
    if (screen === null) return;
    work(screen);
    screen.terminal.focus();
  };
  return (
    <Menu position="bottom-end" shadow="sm" width="max-content" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon aria-label={t("terminal.menu")} title={t("terminal.menu")}>
          <IconSettings size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={t("terminal.menu")}>
        <Menu.Item onClick={withScreen(({ terminal }) => copySelection(terminal))}>{t("terminal.copy")}</Menu.Item>
        <Menu.Item onClick={withScreen(({ terminal }) => paste((text) => terminal.paste(text)))}>
          {t("terminal.paste")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick={false}
          disabled={settings.fontSize >= fontSizes.most}
          onClick={() => changeFontSize(1)}
        >
          {t("terminal.larger")}
        </Menu.Item>
        <Menu.Item
          closeMenuOnClick={false}
          disabled={settings.fontSize <= fontSizes.least}
          onClick={() => changeFontSize(-1)}
        >
          {t("terminal.smaller")}
        </Menu.Item>
        <Menu.Divider />
        {colours.map((one) => (
          <Menu.RadioItem
            key={one}
            value={one}
            checked={settings.colours === one}
            onChange={() => changeTerminals({ colours: one })}
          >
            {t(`terminal.colours.${one}`)}
          </Menu.RadioItem>
        ))}
        <Menu.Divider />
        <Menu.CheckboxItem
          checked={settings.screenReader}
          onChange={(screenReader) => changeTerminals({ screenReader })}
        >
          {t("terminal.screenReader")}
        </Menu.CheckboxItem>
        <Menu.Divider />
        <Menu.Item onClick={onRename}>{t("terminal.rename")}</Menu.Item>
        {onClose && (
          <Menu.Item data-danger onClick={onClose}>
            {t("terminal.close")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The browser may ask first, or refuse; then the keys still do it. */
async function paste(into: (text: string) => void): Promise<void> {
  const text = await navigator.clipboard?.readText?.().catch(() => "");
  if (text) into(text);
}
