# Looking up in an associative array, what is there and what is not.
declare -A price 2>/dev/null || typeset -A price
for ((i = 0; i < 500; i++)); do price[item-$i]=$((i * 3)); done
sum=0 missing=0
for ((i = 0; i < 25000; i++)); do
    key=item-$((i % 600))
    if [[ -n ${price[$key]} ]]; then
        sum=$((sum + ${price[$key]}))
    else
        missing=$((missing + 1))
    fi
done
echo $sum $missing
