import { useTranslation } from "react-i18next";

/** Words for what a webhook is told of. A newer server's types have none: they stand by their names then. */
export function useEventWords() {
  const { t } = useTranslation();
  const key = (type: string) => type.replaceAll(".", "_");
  return {
    /** A short name: "A session is ready". */
    of: (type: string): string => t(`webhooks.event.${key(type)}`, { defaultValue: type }),
    /** @param group `session.*` */
    group: (group: string): string => t(`webhooks.group.${group.split(".")[0]}`, { defaultValue: group }),
    /** Either of them. */
    chosen: (type: string): string =>
      type.endsWith(".*")
        ? t(`webhooks.group.${type.slice(0, -2)}`, { defaultValue: type })
        : t(`webhooks.event.${key(type)}`, { defaultValue: type }),
  };
}
