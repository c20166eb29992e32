import type { RoutePolicy } from "../platform/http/route-policy.ts";

const read = { scope: "workspaces:read" } as const;
const write = { scope: "workspaces:write" } as const;

/**
 * Who may call what. Beyond the scope, every query is by owner: nobody, an administrator included, reaches
 * another's workspace by these calls.
 */
export const policies = {
  list: { dialect: "workspaces", access: read },
  create: { dialect: "workspaces", access: write, audit: "workspace.create" },
  update: { dialect: "workspaces", access: write, audit: "workspace.update" },
  upload: { dialect: "workspaces", access: write, audit: "workspace.upload" },
  unknownPut: { dialect: "workspaces", access: write, auditExempt: "Always refused; nothing is changed." },
  delete: { dialect: "workspaces", access: write, audit: "workspace.delete" },
  readFiles: { dialect: "stoa", access: read },
  writeFile: { dialect: "stoa", access: write, audit: "workspace.upload" },
  makeFolder: { dialect: "stoa", access: write, audit: "workspace.folder.create" },
  linkGroup: { dialect: "stoa", access: write, audit: "workspace.update" },
  deleteFile: { dialect: "stoa", access: write, audit: "workspace.file.delete" },
  moveFile: { dialect: "stoa", access: write, audit: "workspace.file.move" },
  copyFile: { dialect: "stoa", access: write, audit: "workspace.file.copy" },
  editText: { dialect: "stoa", access: write, audit: "workspace.file.edit" },
  listTrash: { dialect: "stoa", access: read },
  eraseTrash: { dialect: "stoa", access: write, audit: "trash.erase" },
  restore: { dialect: "stoa", access: write, audit: "workspace.file.restore" },
} as const satisfies Record<string, RoutePolicy>;
