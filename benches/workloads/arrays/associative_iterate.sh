# All keys and all values of an associative array.
declare -A table 2>/dev/null || typeset -A table
for ((i = 0; i < 1000; i++)); do table[key$i]=$i; done
sum=0
for ((round = 0; round < 20; round++)); do
    for key in "${!table[@]}"; do sum=$((sum + ${table[$key]})); done
    for value in "${table[@]}"; do sum=$((sum + value)); done
done
echo $sum ${#table[@]}
