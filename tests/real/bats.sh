#!/usr/bin/env bash
# bats.sh RBASH BASH: npm's bats runs a small suite in both shells.
set -u
rbash=$(realpath "$1") bash=$(realpath "$2")
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
npm install --silent --no-fund --no-audit bats >/dev/null 2>&1 || { echo "bats could not be installed"; exit 1; }
cat >suite.bats <<'T'
setup() { value=ready; }
@test "addition" { [ "$((2 + 2))" -eq 4 ]; }
@test "setup has run" { [[ $value == ready ]]; }
@test "run keeps output and status" { run sh -c 'echo out; exit 3'; [ "$status" -eq 3 ]; [ "$output" = out ]; }
@test "lines are split" { run printf '%s\n' a b c; [ "${#lines[@]}" -eq 3 ]; [ "${lines[1]}" = b ]; }
@test "skipped" { skip "on purpose"; }
@test "fails on purpose" { false; }
T
for name in rbash bash; do
    mkdir -p "$name.bin" && ln -sf "${!name}" "$name.bin/bash"
    PATH=$PWD/$name.bin:$PATH "${!name}" node_modules/bats/bin/bats --tap suite.bats >"$name.out" 2>&1
    echo "status $?" >>"$name.out"
done
cat rbash.out
if cmp bash.out rbash.out; then echo same; else diff bash.out rbash.out; echo DIFFERS; fi
