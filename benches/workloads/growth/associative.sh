# An associative array filled and read again.
# sizes: 10000 30000 100000 1000000
# reference: 100000
# expect: N 77
n=$1
declare -A m 2>/dev/null || typeset -A m
for ((i = 0; i < n; i++)); do m[k$i]=$i; done
echo ${#m[@]} ${m[k77]}
