#!/bin/sh
# Writes a file of settings with fresh secrets, readable by its owner alone. Never over one that is there.
#   sh deploy/make-env.sh            .env beside this file, for compose
#   sh deploy/make-env.sh hub.env    without containers: the hub's environment, and what Stoa's own .env needs of it.
#                                    By any name but .env, which is compose's or Stoa's own.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
file=${1:-$here/.env}
case ${file##*/} in
  .env) example=$here/.env.example ;;
  *) example=$here/jupyterhub/hub.env.example ;;
esac
if [ -e "$file" ]; then
  echo "$file is there already, and stays as it is: new secrets would lock Stoa out of its own database." >&2
  exit 1
fi
umask 077

# 48 hexadecimal digits, 192 bits: they need no quotes, in a file nor in an address.
secret() {
  value=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  [ "${#value}" -eq 48 ] || { echo "There is no randomness in /dev/urandom." >&2; exit 1; }
  printf '%s' "$value"
}

rest=$file.$$
trap 'rm -f "$rest"' EXIT
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    POSTGRES_PASSWORD= | JUPYTERHUB_API_TOKEN= | API_KEY= | STOA_SECRET_KEY= | STOA_ADMIN_PASSWORD=)
      value=$(secret)
      printf '%s%s\n' "$line" "$value"
      ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$example" >"$rest"
# Not over one that somebody else has made meanwhile.
ln "$rest" "$file"

if [ "${file##*/}" != .env ]; then
  cat <<END
Made $file, for a hub without containers (docs/jupyterhub.md). What is still to do:
  copy its first two parts into Stoa's .env, and restart Stoa. The last one is the hub's alone
  sudo install -d -m 711 -o 1000 -g 1000 /srv/storage    # or where STORAGE_BASE_PATH says; 1000 is STORAGE_UID
  start the hub as that account, which has to read this file, with it in its environment
END
  exit
fi
cat <<END
Made $file. What is still to do:
  sudo install -d -m 711 -o 1000 -g 1000 /srv/storage    # or where STORAGE_ON_HOST says
  cd $here && docker compose --profile images build && docker compose up -d
The first administrator is "admin"; STOA_ADMIN_PASSWORD in that file is the password.
END
