# All elements, all subscripts.
list=({1..2000})
sum=0 round=0
while ((round++ < 12)); do
    for x in "${list[@]}"; do sum=$((sum + x)); done
    for i in "${!list[@]}"; do sum=$((sum - list[i])); done
    joined="${list[*]}"
done
echo $sum ${#joined}
