# An array that grows at its end.
# sizes: 10000 30000 100000 1000000
# reference: 100000
# expect: N N
n=$1
for ((i = 0; i < n; i++)); do a+=($i); done
echo ${#a[@]} $((a[n / 2] * 2))
