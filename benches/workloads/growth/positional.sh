# Many positional parameters: passed on, and shifted away.
# sizes: 1000 10000 100000
count() {
    sum=0
    while [ $# -gt 0 ]; do
        sum=$((sum + $1))
        shift
    done
}
set -- $(seq 1 $1)
count "$@"
echo $sum $#
