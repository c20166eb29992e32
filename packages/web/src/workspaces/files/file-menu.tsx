import { Menu } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { FileEntry } from "../../api/types.ts";
import type { FileVerbs } from "./file-asks.ts";
import { shownName } from "./file-path.ts";
import { FileSheet } from "./file-sheet.tsx";
import { verbsOf } from "./verbs-of.ts";

export interface FileMenuProps {
  readonly workspaceId: number;
  readonly entry: FileEntry;
  readonly writable: boolean;
  readonly verbs: FileVerbs;
  readonly target: ReactNode;
  onClose(): void;
}

const size = 16;

/**
 * Everything that can be done with one file or folder; the keys beside the words do the same in the list. On phones a
 * sheet from below.
 */
export function FileMenu(props: FileMenuProps) {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const { entry, target, onClose } = props;
  const items = verbsOf(props);
  const label = t("files.menuOf", { name: shownName(entry.name) });
  if (narrow) {
    return (
      <>
        {target}
        <FileSheet entry={entry} items={items} onClose={onClose} />
      </>
    );
  }
  return (
    <Menu
      defaultOpened
      position="bottom-end"
      onClose={onClose}
      shadow="sm"
      width="max-content"
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown aria-label={label}>
        {items.map(({ word, picture: Picture, href, act, off, key, danger }) => {
          const look = {
            leftSection: <Picture size={size} aria-hidden="true" />,
            rightSection: key && <kbd>{key}</kbd>,
            "data-danger": danger || undefined,
          };
          return href === undefined ? (
            <Menu.Item key={word} {...look} disabled={off ?? false} onClick={act}>
              {t(`files.${word}`)}
            </Menu.Item>
          ) : (
            <Menu.Item key={word} {...look} component="a" href={href} download>
              {t(`files.${word}`)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
