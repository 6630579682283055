# Recursion: the Fibonacci numbers by their definition.
fibonacci() {
    if [ $1 -lt 2 ]; then
        result=$(($1 + ${2:-0}))
        return
    fi
    fibonacci $(($1 - 1)) $2
    fibonacci $(($1 - 2)) $result
}
fibonacci 19
echo $result
