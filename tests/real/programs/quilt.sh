about() { echo "quilt: a stack of patches made, refreshed, folded, popped and listed"; }
prepare() { apt-get -qq install -y quilt; }
run() {
    local command
    export EDITOR=true QUILT_PATCHES=patches QUILT_COLORS= QUILT_NO_DIFF_TIMESTAMPS=1 QUILT_PAGER=
    printf '%s\n' a b c d e >file; echo other >other
    while IFS= read -r command; do
        echo "== $command"
        eval "$command"
        echo "status $?"
    done <<'T'
quilt --help
quilt new first.patch
quilt add file
sed -i s/b/B/ file
quilt diff
quilt refresh
quilt new second.patch
quilt edit other </dev/null
quilt add other
echo changed >>other
quilt refresh -p0 --no-index
quilt series -v
quilt applied
quilt unapplied
quilt pop
quilt pop -a
quilt push -a
quilt push
quilt files -v
quilt patches file
quilt annotate file
quilt header first.patch
echo "A header" | quilt header -r first.patch
quilt header first.patch
quilt top
quilt previous
quilt next
quilt rename third.patch
quilt fold <<<""
quilt graph
quilt delete -r third.patch
quilt snapshot
quilt diff --snapshot
quilt nonsense
quilt push -h
cat patches/* patches/series
T
}
normalize() { sed -E 's/tmp\.[A-Za-z0-9]+|quilt\.[A-Za-z0-9]+|\t[0-9]{4}-.*//g'; }
