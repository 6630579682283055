#!/usr/bin/env bash
# configure.sh RBASH BASH [PACKAGE]: a GNU autoconf `configure` run by both shells gives the same results.
set -u
rbash=$(realpath "$1") bash=$(realpath "$2") package=${3:-hello}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
if ! apt-get -qq source --print-uris "$package" >/dev/null 2>&1; then
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed 's/^Types: deb$/Types: deb-src/' >/etc/apt/sources.list.d/real-programs.sources
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >/etc/apt/sources.list.d/real-programs.list 2>/dev/null
    apt-get -qq update
fi
apt-get -qq source --download-only "$package" >/dev/null 2>&1 || { echo "the source of $package could not be had"; exit 1; }
mkdir tree && tar -C tree --strip-components=1 -xf "$package"_*.orig.tar.*z*
for name in rbash bash; do
    cp -r tree "$name.tree"
    (cd "$name.tree" && CONFIG_SHELL=${!name} SHELL=${!name} "${!name}" ./configure --no-create >"../$name.out" 2>&1
     echo "status $?" >>"../$name.out")
    grep -v 'configure:[0-9]*: \|^[0-9./-]*$\|uptime\|PATH: \|[0-9]:[0-9][0-9]:\|CONFIG_SHELL\|SHELL=\|hostname' "$name.tree/config.status" |
        sed "s:${!name}:SHELL:g; s:$work/$name.tree:TREE:g" >"$name.status"
    sed -i "s:${!name}:SHELL:g; s:$work/$name.tree:TREE:g" "$name.out"
done
if cmp bash.out rbash.out && cmp bash.status rbash.status; then echo same; else diff bash.out rbash.out | head; diff bash.status rbash.status | head; echo DIFFERS; fi
