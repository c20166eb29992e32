/** Every page of System, each with its own address; the words are under `system.tabs` in the catalogues. */
export const systemTabs = [
  { to: "/system", word: "settings" },
  { to: "/system/resources", word: "resources" },
  { to: "/system/announcements", word: "announcements" },
  { to: "/mails", word: "mail" },
  { to: "/services", word: "services" },
  { to: "/system/webhooks", word: "webhooks" },
  { to: "/audit", word: "audit" },
] as const;
