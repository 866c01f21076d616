#!/bin/sh
# Stands in for the binary: logs the call, then answers from a file. Called as: hook-env SHELL DIR PID HOW
here=${0%/*}
printf '%s\n' "$2 $5 ${3##*/}" >>"$here/calls"
mode=
[ ! -f "$here/mode" ] || read -r mode <"$here/mode"
[ "$5" = foreign ] && answer=$here/foreign || answer=$3/.answer
case $mode in
hang) exec sleep 1000 ;;
crash) kill -SEGV $$ ;;
alarm) kill -ALRM $$ ;;
fail) cat "$answer"; exit 7 ;;
cut) sed '$d' "$answer" ;;
head) sed 1d "$answer" ;;
garbage) head -c 300 /dev/urandom | tr -d '\000'; echo; echo '#end' ;;
version) sed '1s/1/12/' "$answer" ;;
silent) ;;
*) cat "$answer" ;;
esac
