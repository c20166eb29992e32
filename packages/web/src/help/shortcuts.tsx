import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { closeLabel } from "../pieces/confirm.tsx";
import classes from "./help.module.css";

/** The keys as they are printed on keyboards, by where they work; `+` joins those pressed together. */
const shortcuts = [
  {
    where: "anywhere",
    keys: [
      ["Ctrl+K", "palette"],
      ["?", "overview"],
      ["Esc", "close"],
      ["Tab", "skip"],
    ],
  },
  {
    where: "files",
    keys: [
      ["↑ ↓", "move"],
      ["Space", "choose"],
      ["Ctrl+A", "chooseAll"],
      ["Enter", "open"],
      ["Backspace", "up"],
      ["F2", "rename"],
      ["Delete", "remove"],
      ["A … Z", "letters"],
    ],
  },
  { where: "editor", keys: [["Ctrl+S", "save"]] },
  {
    where: "terminal",
    keys: [
      ["Ctrl+Shift+C", "copy"],
      ["Ctrl+Shift+V", "paste"],
      ["Ctrl+F6", "leave"],
    ],
  },
] as const;

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Every key that the portal listens to, on one sheet. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t("help.shortcuts")} closeButtonProps={closeLabel(t)} size="lg">
      <div className={classes.shortcuts}>
        {shortcuts.map(({ where, keys }) => (
          <section key={where} aria-labelledby={`keys-${where}`}>
            <h3 id={`keys-${where}`} className={classes.where}>
              {t(`help.keys.${where}`)}
            </h3>
            <dl className={classes.keys}>
              {keys.map(([key, word]) => (
                <div key={word}>
                  <dt>{t(`help.keys.${word}`)}</dt>
                  <dd>
                    <Keys keys={where === "terminal" ? key : onThisKeyboard(key)} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

const onThisKeyboard = (keys: string): string => (isMac ? keys.replace("Ctrl", "⌘") : keys);

/** Left to right, as on the keyboard. */
function Keys({ keys }: { keys: string }) {
  return (
    <span dir="ltr" className={classes.chord}>
      {keys.split("+").map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
