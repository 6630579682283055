# Subscripts far apart, out of order, unset again.
sum=0
for ((i = 0; i < 12000; i++)); do
    sparse[i * 7919 % 100003 * 1000]=$i
done
for ((i = 0; i < 12000; i += 2)); do unset "sparse[i * 7919 % 100003 * 1000]"; done
for i in "${!sparse[@]}"; do sum=$((sum + sparse[i])); done
echo $sum ${#sparse[@]}
