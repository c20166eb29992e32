/** Every part of one's account, each with its own address; the words are under `account.tabs` in the catalogues. */
export const accountTabs = [
  { to: "/account", word: "profile" },
  { to: "/account/look", word: "look" },
  { to: "/account/security", word: "security" },
  { to: "/account/tokens", word: "tokens" },
  { to: "/account/webhooks", word: "webhooks" },
  { to: "/account/data", word: "data" },
] as const;
