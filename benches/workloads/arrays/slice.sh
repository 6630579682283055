# Slices, copies, concatenation, elements with an operator.
for ((i = 0; i < 200; i++)); do list[i]=entry$i.txt; done
n=0
for ((round = 0; round < 600; round++)); do
    part=("${list[@]:round % 100:50}")
    copy=("${part[@]}" "${list[@]:150}")
    stems=("${part[@]%.txt}")
    n=$((n + ${#copy[@]} + ${#stems[@]}))
done
echo $n ${stems[0]} ${copy[-1]}
