# A queue: pushed at the end, taken from the front.
# sizes: 2000 10000 50000
n=$1 sum=0 head=0
for ((i = 0; i < n; i++)); do
    queue+=($i)
    if ((i % 2)); then
        sum=$((sum + queue[head]))
        unset "queue[head]"
        head=$((head + 1))
    fi
done
echo $sum ${#queue[@]}
