#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL server for a test, in a directory of its own: its data, its log
# and its socket (port 5432).  It syncs, and it sorts as Russians do.
#
#	postgres.sh init DIR [PASSWORD_FILE]   a new cluster; its superuser is
#	                                       surguch, with that password or none
#	postgres.sh run DIR [SETTING=VALUE...] become the server, in the foreground;
#	                                       ends when whoever started it does
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
what=$1 dir=$2
shift 2

# PostgreSQL will not run as root.
user=
if [ "$(id -u)" = 0 ]; then
	user=nobody
	! id postgres > /dev/null 2>&1 || user=postgres
fi

# as_user [SETPRIV-OPTION...] -- COMMAND...
as_user() {
	if [ -n "$user" ]; then
		set -- "--reuid=$user" "--regid=$(id -g "$user")" \
			--clear-groups "$@"
	fi
	exec setpriv "$@"
}

case $what in
init)
	mkdir -p "$dir"
	auth=trust
	if [ $# -gt 0 ]; then
		auth=scram-sha-256
		cp "$1" "$dir/pw"
		set -- "--pwfile=$dir/pw"
	fi
	[ -z "$user" ] || chown -R "$user" "$dir"
	cd "$dir"
	as_user -- "$bin/initdb" --pgdata="$dir/data" --username=surguch \
		--auth="$auth" --encoding=UTF8 --locale=C.UTF-8 \
		--locale-provider=icu --icu-locale=ru --no-sync \
		--no-instructions "$@" > "$dir/init.log"
	;;
run)
	for setting; do
		set -- "$@" -c "$setting"
		shift
	done
	cd "$dir"
	as_user --pdeathsig QUIT -- "$bin/postgres" -D "$dir/data" \
		-c listen_addresses= -c unix_socket_directories="$dir" \
		-c max_connections=40 -c shared_buffers=16MB -c huge_pages=off \
		-c dynamic_shared_memory_type=mmap \
		-c log_error_verbosity=terse -c autovacuum=off "$@" \
		>> "$dir/log" 2>&1
	;;
*)
	echo "postgres.sh: init or run" >&2
	exit 2
	;;
esac
