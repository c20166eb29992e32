/** Programs of the system, by full path: what the operator's PATH holds decides nothing here. */
export const TOOLS = {
  useradd: "/usr/sbin/useradd",
  usermod: "/usr/sbin/usermod",
  groupadd: "/usr/sbin/groupadd",
  getent: "/usr/bin/getent",
  setpriv: "/usr/bin/setpriv",
} as const;
