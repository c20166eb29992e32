import { useTranslation } from "react-i18next";

/** What a server is called: the one without a name is simply one's Jupyter. */
export function useServerName(): (server: string) => string {
  const { t } = useTranslation();
  return (server) => (server === "" ? t("jupyter.title") : server);
}
