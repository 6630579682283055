# Elements of a large array in no order.
# sizes: 2000 6000 20000 100000
# reference: 20000
# expect: N
n=$1 sum=0
for ((i = 0; i < n; i++)); do a[i]=$i; done
for ((i = 0; i < n; i++)); do sum=$((sum + a[i * 7919 % n])); done
echo $((sum * 2 / (n - 1)))
