# Sourced. A private PostgreSQL on a socket in a folder of its own; sets HANSE_TEST_POSTGRES. Without the program it
# says so, and the cases that need it are counted as skipped.
postgres_start() {
  local bin
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -x "$bin/initdb" ] || { echo "no PostgreSQL here: its cases are skipped"; return 0; }
  HANSE_POSTGRES_FOLDER=$(mktemp -d /tmp/hanse-postgres.XXXXXX)
  HANSE_POSTGRES_AS=()
  if [ "$(id -u)" = 0 ]; then  # it refuses to run as root
    chown postgres "$HANSE_POSTGRES_FOLDER"
    HANSE_POSTGRES_AS=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  fi
  (cd / && "${HANSE_POSTGRES_AS[@]}" "$bin/initdb" -D "$HANSE_POSTGRES_FOLDER/data" -U hanse -A trust -E UTF8 --locale=C.UTF-8 >/dev/null &&
    "${HANSE_POSTGRES_AS[@]}" "$bin/pg_ctl" -D "$HANSE_POSTGRES_FOLDER/data" -w -s -l "$HANSE_POSTGRES_FOLDER/log" \
      -o "-c listen_addresses='' -c unix_socket_directories=$HANSE_POSTGRES_FOLDER" start) ||
    { echo "PostgreSQL doesn't start:"; cat "$HANSE_POSTGRES_FOLDER/log"; return 1; }
  export HANSE_TEST_POSTGRES="postgresql://hanse@/postgres?host=$HANSE_POSTGRES_FOLDER"
}
postgres_stop() {
  [ -n "${HANSE_TEST_POSTGRES:-}" ] || return 0
  (cd / && "${HANSE_POSTGRES_AS[@]}" "$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/pg_ctl" -D "$HANSE_POSTGRES_FOLDER/data" -m immediate -s stop)
  rm -rf "$HANSE_POSTGRES_FOLDER"; unset HANSE_TEST_POSTGRES
}
