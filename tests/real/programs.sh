#!/usr/bin/env bash
# programs.sh RBASH BASH [NAME…]: unmodified programs give the same output in both shells.
#
# Each file of `programs/` is one program: `prepare` fetches what it needs (Debian and npm packages), once and with the network;
# `run` is called once per shell, in an empty directory, in a mount namespace of its own where /bin/bash AND /bin/sh are
# the shell under test: scripts that scripts start run in it too. `about` says what was run, for the table.
# What varies from run to run is taken out by `normalize`. The outputs stay in OUTPUT (default: a temporary directory).
#
# Run it by hand, as root, on a Debian machine. It prints a Markdown table and ends with status 1 if a program differs.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

in_namespace() { # SHELL PROGRAM: the second half of the work, see one_run
    local shell=$1 program=$2
    mount --bind "$shell" "$(realpath /bin/bash)" && mount --bind "$shell" "$(realpath /bin/sh)" || exit 125
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$PWD" LANG=C.UTF-8 TERM=dumb USER=root LOGNAME=root \
        TZ=UTC SHELL=/bin/bash CACHE="$CACHE" \
        /bin/bash -c '. "$1"; run' "$program" "$here/programs/$program.sh"
}

one_run() { # SHELL PROGRAM OUTPUT: runs it in $work/tree, which is the same path for both shells
    rm -rf "$work/tree" && mkdir -p "$work/tree"
    (cd "$work/tree" && timeout "${TIMEOUT:-600}" unshare --mount "${BASH}" "$here/programs.sh" --in-namespace "$1" "$2" </dev/null 2>&1 | cat >"$3.raw"
     echo "status ${PIPESTATUS[0]}" >>"$3.raw")
    (. "$here/programs/$2.sh"; normalize) <"$3.raw" >"$3"
}

normalize() { cat; } # a program may have its own
reference() { echo "$bash"; } # and another shell to be compared with

compare() { # PROGRAM: a row of the table
    local program=$1 verdict lines differing
    if ! (. "$here/programs/$program.sh" && cd "$CACHE" && prepare) >"$output/$program.prepare" 2>&1; then
        echo "| $program | could not be fetched | | |"
        return
    fi
    one_run "$(. "$here/programs/$program.sh"; reference)" "$program" "$output/$program.bash"
    one_run "$rbash" "$program" "$output/$program.rbash"
    lines=$(wc -l <"$output/$program.bash")
    differing=$(diff "$output/$program.bash" "$output/$program.rbash" | grep -c '^[<>]')
    verdict=same
    [[ $differing == 0 ]] || verdict=DIFFERS failed=1
    echo "| $program | $(. "$here/programs/$program.sh"; about) | $lines | $verdict${differing:+ ($differing)} |" | sed 's/ (0)//'
}

if [[ ${1-} == --in-namespace ]]; then
    in_namespace "$2" "$3"
fi
rbash=$(realpath "$1") bash=$(realpath "$2") failed=0
shift 2
work=$(mktemp -d) && chmod 755 "$work" && trap 'rm -rf "$work"' EXIT
export CACHE=${CACHE:-$work/cache}
output=${OUTPUT:-$work/output}
mkdir -p "$CACHE" "$output"
export DEBIAN_FRONTEND=noninteractive
if (($# == 0)); then
    programs=("$here"/programs/*.sh)
    set -- "${programs[@]##*/}"
fi
echo '| program | what was run | lines of output | |'
echo '|---|---|--:|---|'
for program; do
    compare "${program%.sh}"
done
exit "$failed"
