# shellcheck shell=bash
# What the tools share: messages, locked builds, and one line of progress where a log has the rest.
set -euo pipefail

tool=${0##*/}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s: %s\n' "$tool" "$*" >&2; }
die() {
  say "$*"
  exit 2
}

# The comment at the top of the calling script is its manual.
show_help() { sed -n '2,/^[^#]/s/^#\( \|$\)//p' "$0"; }

# logged LOG WHAT COMMAND...: run quietly; on failure show where and why.
logged() {
  local log=$1 what=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  say "$what (log: ${log#"$top"/})"
  "$@" >"$log" 2>&1 </dev/null && return
  tail -n 40 "$log" >&2
  die "$what failed: the end of ${log#"$top"/} is above"
}

# A build folder made for another checkout (a moved or copied tree) cannot be used.
drop_foreign_build() {
  local cache=$1/CMakeCache.txt
  [ -f "$cache" ] || return 0
  grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$cache" || rm -rf -- "$1"
}

# Rebuilding says nothing when there is nothing to do, and keeps ninja's words in a log.
watch_ninja() {
  local log=$1 line shown=
  while IFS= read -r line; do
    case $line in
      *'Re-checking globbed'* | 'ninja: '*) continue ;;
    esac
    [ -n "$shown" ] || say "building (log: ${log#"$top"/})"
    [ -n "$shown" ] || : >"$log"
    shown=yes
    printf '%s\n' "$line" >>"$log"
    if [ -t 2 ] && [[ $line == '['* ]]; then printf '\r\033[K%s' "${line%% *}" >&2; fi
  done
  if [ -n "$shown" ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

run_ninja() {
  local dir=$1
  shift
  NINJA_STATUS='[%f/%t] ' ninja -C "$dir" "$@" 2>&1 </dev/null | watch_ninja "$dir.log"
}

# configure DIR CMAKE_ARG...: when new or asked for differently; ninja itself repeats it when CMake files
# or the set of sources change. One that failed half-way is tried again.
configure() {
  local dir=$1
  shift
  drop_foreign_build "$dir"
  mkdir -p "$dir"
  [ -f "$dir/build.ninja" ] && [ "$(cat "$dir/configured_with" 2>/dev/null)" = "$*" ] && return
  rm -f "$dir/configured_with"
  logged "$dir.configure.log" "configuring ${dir#"$top"/}" \
    cmake -S "$top" -B "$dir" -G Ninja -DPython3_EXECUTABLE=/usr/bin/python3 "$@"
  printf '%s\n' "$*" >"$dir/configured_with"
}

# build DIR 'TARGET...' CMAKE_ARG...: configure and build, one at a time for each folder.
build() {
  local dir=$1 targets=$2
  shift 2
  mkdir -p "$dir"
  {
    flock 9
    configure "$dir" "$@"
    # shellcheck disable=SC2086  # several targets are several words
    if ! run_ninja "$dir" $targets 9>&-; then
      sed -n '/^FAILED/,$p' "$dir.log" | head -n 60 >&2
      die "building ${dir#"$top"/} failed (whole log: ${dir#"$top"/}.log)"
    fi
  } 9>"$dir.lock"
}
