import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";

/** Contract 3's user: whom one may find. */
export interface Found {
  readonly id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly username: string;
  readonly email: string;
}

/** The name that a person goes by, else the one that they sign in with. */
export const fullNameOf = ({ first_name, last_name, username }: Found): string =>
  `${first_name} ${last_name}`.trim() || username;

export const directoryQuery = (search: string) =>
  queryOptions({
    queryKey: ["directory", search],
    queryFn: async ({ signal }) =>
      (await call<{ data: { users: Found[] } }>("GET", "/users/", { query: { search }, signal })).data.users,
    enabled: search.length > 1,
    staleTime: 30_000,
  });
