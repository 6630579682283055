# A function that calls itself, with a local variable.
# sizes: 300 1000 3000 10000 100000
# reference: 1000
# expect: N
down() {
    local depth=$1
    if [ $depth -lt $n ]; then
        down $((depth + 1))
    else
        deepest=$depth
    fi
}
n=$1
down 1
echo $deepest
