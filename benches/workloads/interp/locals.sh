# Local variables, seen by what is called.
total=0
inner() {
    local x=$1 y
    y=$((x + depth))
    total=$((total + y))
}
outer() {
    local depth=$1 x=7
    inner $x
    inner $depth
}
i=0
while [ $i -lt 6000 ]; do
    outer $i
    i=$((i + 1))
done
echo $total ${depth-unset} ${x-unset}
