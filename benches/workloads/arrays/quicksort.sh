# Sorting an array of numbers in place.
quicksort() {
    local low=$1 high=$2 i=$1 j=$2 pivot swap
    pivot=${list[(low + high) / 2]}
    while ((i <= j)); do
        while ((list[i] < pivot)); do ((i++)); done
        while ((list[j] > pivot)); do ((j--)); done
        if ((i <= j)); then
            swap=${list[i]} list[i]=${list[j]} list[j]=$swap
            ((i++, j--))
        fi
    done
    ((low < j)) && quicksort $low $j
    ((i < high)) && quicksort $i $high
    return 0
}
x=12345
for ((n = 0; n < 1600; n++)); do
    ((x = (x * 1103515245 + 12345) % 2147483648))
    list[n]=$((x / 65536))
done
quicksort 0 $((n - 1))
echo ${list[0]} ${list[800]} ${list[1599]}
for ((i = 1; i < n; i++)); do ((list[i - 1] <= list[i])) || echo unsorted at $i; done
