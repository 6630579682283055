#!/usr/bin/env bash
# compare.sh [-n ROUNDS] [-w PATTERN] SHELL REFERENCE...: CPU time of the workloads, side by side.
#
# Each workload runs in every shell in turn, ROUNDS times (default 5); the figures are medians of user + system time of the
# whole process tree, and the ratios are REFERENCE / SHELL: above 1, SHELL is faster. A workload whose output differs from the
# first reference's is marked. Memory is the shell's own peak of resident memory (VmHWM), as a ratio.
set -u
rounds=5 pattern=
while getopts n:w: option; do
    case $option in
        n) rounds=$OPTARG ;;
        w) pattern=$OPTARG ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
(($# >= 2)) || { sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2; }
shells=("$@")
here=$(cd "$(dirname "$0")" && pwd)
export TMPDIR; TMPDIR=$(mktemp -d)
trap 'rm -rf "$TMPDIR"' EXIT
export LC_ALL=C.UTF-8

measure() { # SHELL SCRIPT REPEAT: milliseconds of CPU time of one run
    python3 - "$@" <<'P'
import os, sys
shell, script, repeat = sys.argv[1], sys.argv[2], int(sys.argv[3])
out = os.open(os.environ["TMPDIR"] + "/out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
total = 0
for _ in range(repeat):
    pid = os.fork()
    if pid == 0:
        os.dup2(out, 1); os.execv(shell, [shell, script])
    _, _, usage = os.wait4(pid, 0)
    total += (usage.ru_utime + usage.ru_stime) * 1000
print(f"{total / repeat:.3f}")
P
}
peak() { # SHELL SCRIPT: the shell's own peak of resident memory, in kB
    "$1" -c '. "$0" >/dev/null 2>&1
        while read -r key value unit; do if [ "$key" = VmHWM: ]; then echo "$value"; fi; done </proc/$$/status' "$2"
}
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

printf '%-18s' workload
for shell in "${shells[@]}"; do printf ' %14s' "${shell##*/}"; done
printf '   ratios to the first shell (time), memory\n'
for script in "$here"/workloads/*$pattern*.sh; do
    name=${script##*/} name=${name%.sh}
    repeat=1; [[ $name == startup ]] && repeat=100
    rm -f "$TMPDIR"/*.ms "$TMPDIR"/*.txt
    for ((round = 0; round < rounds; round++)); do
        for at in "${!shells[@]}"; do
            measure "${shells[at]}" "$script" "$repeat" >>"$TMPDIR/$at.ms"
            cp "$TMPDIR/out" "$TMPDIR/$at.txt"
        done
    done
    printf '%-18s' "$name"
    for at in "${!shells[@]}"; do printf ' %11.2f ms' "$(median <"$TMPDIR/$at.ms")"; done
    printf '  '
    for ((at = 1; at < ${#shells[@]}; at++)); do
        first=$(median <"$TMPDIR/0.ms") other=$(median <"$TMPDIR/$at.ms")
        kb=$(peak "${shells[0]}" "$script") other_kb=$(peak "${shells[at]}" "$script")
        awk -v a="$first" -v b="$other" -v m="$kb" -v n="$other_kb" 'BEGIN { printf " %6.2fx, %.2f of its memory", b / a, m / n }'
        cmp -s "$TMPDIR/0.txt" "$TMPDIR/$at.txt" || printf ' OUTPUT DIFFERS'
    done
    printf '\n'
done
