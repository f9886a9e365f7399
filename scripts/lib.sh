# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Common to the commands at the top of the tree; sourced, not run.  The caller
# has set `root` (the top of the tree) and `assume_yes` (0 or 1).

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# git in this tree, whoever owns it.
in_git() {
	git -c safe.directory='*' -C "$root" "$@"
}

# Run a command as root: directly, or through sudo.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "root is needed for: $* (there is no sudo here)"
	fi
}

# True when program $1 is there in major version $2 or later.
program_at_least() {
	command -v "$1" >/dev/null 2>&1 || return 1
	_major=$("$1" --version 2>/dev/null | sed -n '1s/^[^0-9]*\([0-9]*\).*/\1/p')
	[ -n "$_major" ] && [ "$_major" -ge "$2" ]
}

# The packages of the named sections, one a line: "name [unless prog major]".
packages_listed() {
	for _section in "$@"; do
		awk -v want="[$_section]" '
			{ sub(/#.*/, "") }
			/^\[/ { on = ($1 == want); seen += on; next }
			on && NF { print }
			END { exit seen ? 0 : 1 }
		' "$root/packaging/packages.txt" ||
		    die "packaging/packages.txt has no section [$_section]"
	done
}

package_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Those of the named sections that this machine lacks.
packages_missing() {
	packages_listed "$@" | while read -r _name _unless _program _major; do
		if [ "$_unless" = unless ] &&
		    program_at_least "$_program" "$_major"; then
			continue
		fi
		package_installed "$_name" || printf '%s\n' "$_name"
	done
}

# Install what is missing.  On a terminal it asks first, unless -y was given;
# without one it does not ask.
packages_install() {
	_missing=$(packages_missing "$@" | sort -u | tr '\n' ' ')
	[ -n "$_missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 ||
	    die "this is not Debian: install by hand what corresponds to: $_missing"
	say "Missing packages: $_missing"
	if [ "$assume_yes" -eq 0 ] && [ -t 0 ]; then
		printf 'Install them with apt-get? [Y/n] '
		read -r _answer
		case $_answer in
		[Nn]*) die "cannot go on without them" ;;
		esac
	fi
	# An old list of packages is no reason to stop; a failed install is.
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update ||
	    say "apt-get update failed; trying with the lists that are here"
	# shellcheck disable=SC2086 # a list of words
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
	    --no-install-recommends install $_missing </dev/null >/dev/null ||
	    die "apt-get could not install: $_missing"
}

# minimal_root DIR PACKAGE,...: a root of Debian with these packages in it, and
# the way to more as this machine has it.  One that is there is taken as it is.
minimal_root() {
	[ "$(id -u)" -eq 0 ] || die "this needs root"
	command -v mmdebstrap >/dev/null 2>&1 || die "this needs mmdebstrap"
	# Debian's own package sources; others would bring what a fresh machine
	# lacks.
	_sources=/etc/apt/sources.list
	for _file in /etc/apt/sources.list.d/debian.sources; do
		[ -f "$_file" ] && _sources=$_file
	done
	if [ ! -e "$1/bin/sh" ]; then
		say "Making a minimal root..."
		mmdebstrap --quiet --variant=minbase --include="$2" \
		    bookworm "$1" "$_sources"
	fi
	for _file in /etc/resolv.conf /etc/hosts; do
		cp -L "$_file" "$1$_file"
	done
}

# build_dir NAME MESON-OPTION...: configure $root/NAME, once; again from
# scratch when the options are others than last time or the last set-up did
# not end.  Says nothing unless it fails.
build_dir() {
	_dir=$root/$1
	shift
	_stamp=$_dir/.surguch-options
	if [ -f "$_dir/build.ninja" ] && [ -f "$_stamp" ] &&
	    [ "$(cat "$_stamp")" = "$*" ]; then
		return 0
	fi
	rm -rf "$_dir"
	_log=$(mktemp)
	if ! meson setup "$_dir" "$root" "$@" >"$_log" 2>&1; then
		cat "$_log" >&2
		rm -f "$_log"
		return 1
	fi
	rm -f "$_log"
	printf '%s' "$*" >"$_stamp"
}

# take_yes "$@": is the first word -y?  The caller shifts it away.
take_yes() {
	[ "${1-}" = -y ] || [ "${1-}" = --yes ] || return 1
	assume_yes=1
}

# ./bench and ./soak: run the tool NAME of tests/FOLDER, or list them.
run_tool() {
	_folder=$1
	_name=${2-}
	if [ -z "$_name" ]; then
		for _file in "$root/tests/$_folder"/*.mjs; do
			_file=${_file##*/}
			say "./$_folder ${_file%.mjs}"
		done
		return 0
	fi
	shift 2
	_tool=tests/$_folder/$_name.mjs
	[ -f "$root/$_tool" ] || die "there is no $_tool"
	packages_install run test "$_folder"
	cd "$root"
	exec node tests/run/main.mjs --tool "$_tool" "$@"
}
