# An array that grows at its end.
# sizes: 10000 100000 1000000
n=$1
for ((i = 0; i < n; i++)); do a+=($i); done
echo ${#a[@]} ${a[n / 2]}
