#!/usr/bin/env bash
# completion.sh RBASH BASH: Debian's bash-completion loads and defines the same functions.
set -u
rbash=$(realpath "$1") bash=$(realpath "$2")
[[ -r /usr/share/bash-completion/bash_completion ]] || apt-get -qq install -y bash-completion >/dev/null 2>&1
script='shopt -s extglob progcomp; . /usr/share/bash-completion/bash_completion; echo "status $?"; declare -F | wc -l; complete -p | sort | head -n 200; declare -f __load_completion | head -n 5'
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
for name in rbash bash; do "${!name}" --norc --noprofile -c "$script" >"$work/$name.out" 2>&1; done
tail -n 5 "$work/rbash.out"
if cmp "$work/bash.out" "$work/rbash.out"; then echo same; else diff "$work/bash.out" "$work/rbash.out" | head -n 20; echo DIFFERS; fi
