#!/bin/sh
# The person's shell in the chaos test: says in a file outside of Stoa that it was started, for which session, as which pid.
printf '%s %s\n' "$STOA_JOB_ID" "$$" >> "$(dirname "$0")/started.txt"
exec /bin/bash --norc --noprofile -i
